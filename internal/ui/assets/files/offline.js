// Keeps the page that it is on, and the page of people to call, on this device:
//
//   <div data-offline="/path/of/help-now" hidden>
//     <button type="button" data-keep>…</button> <button type="button" data-drop hidden>…</button>
//     <p role="status"></p>
//   </div>
//
// The worker shows them where there is no connection, and drops them at sign-out.

const box = document.querySelector('[data-offline]');
const keep = box?.querySelector('[data-keep]');
const drop = box?.querySelector('[data-drop]');
const says = box?.querySelector('[role=status]');

const shelf = () => caches.open('kept');

async function put() {
  await navigator.serviceWorker.register('/worker.js');
  await navigator.serviceWorker.ready;
  const styles = [...document.querySelectorAll('link[rel=stylesheet], link[rel=icon]')].map(link => link.href);
  const icons = document.querySelector('svg use')?.getAttribute('href')?.split('#')[0];
  await (await shelf()).addAll([location.pathname, box.dataset.offline, ...styles, ...(icons ? [icons] : [])]);
}

function show(kept, words) {
  keep.hidden = kept;
  drop.hidden = !kept;
  says.textContent = words;
}

async function begin() {
  const kept = Boolean(await (await shelf()).match(location.pathname));
  box.hidden = false;
  show(kept, kept ? 'It is kept on this device.' : '');
  if (kept && navigator.onLine) await put(); // as it is now
}

if (box && 'serviceWorker' in navigator && 'caches' in window) {
  keep.addEventListener('click', async () => {
    try {
      await put();
      show(true, 'It is kept on this device.');
    } catch {
      show(false, 'It could not be kept. Check your connection and try again.');
    }
  });
  drop.addEventListener('click', async () => {
    await caches.delete('kept');
    show(false, 'It is no longer on this device.');
  });
  begin().catch(() => { /* as it was kept before */ });
}
