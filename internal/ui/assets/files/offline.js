// Keeps the page that it is on on this device, with whom to call:
//
//   <div data-offline hidden>
//     <button type="button" data-keep>…</button> <button type="button" data-drop hidden>…</button>
//     <p role="status"></p>
//   </div>
//
// The worker shows it where there is no connection, and drops it at sign-out.

const box = document.querySelector('[data-offline]');
const keep = box?.querySelector('[data-keep]');
const drop = box?.querySelector('[data-drop]');
const says = box?.querySelector('[role=status]');

const here = location.pathname;

/** Asks the worker; fails if it could not be done. */
async function put() {
  await navigator.serviceWorker.register('/worker.js');
  const worker = (await navigator.serviceWorker.ready).active;
  await new Promise((done, failed) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = e => (e.data ? done() : failed(new Error('not kept')));
    worker.postMessage({ keep: here }, [port2]);
  });
}

function show(kept, words) {
  keep.hidden = kept;
  drop.hidden = !kept;
  says.textContent = words;
}

async function begin() {
  const kept = Boolean(await caches.match(here, { cacheName: 'kept' }));
  box.hidden = false;
  show(kept, kept ? inWords('It is kept on this device.') : '');
  if (kept && navigator.onLine) await put(); // as it is now
}

if (box && 'serviceWorker' in navigator && 'caches' in window) {
  keep.addEventListener('click', async () => {
    try {
      await put();
      show(true, inWords('It is kept on this device.'));
    } catch {
      show(false, inWords('It could not be kept. Check your connection and try again.'));
    }
  });
  drop.addEventListener('click', async () => {
    await caches.delete('kept');
    show(false, inWords('It is no longer on this device.'));
  });
  begin().catch(() => { /* as it was kept before */ });
}
