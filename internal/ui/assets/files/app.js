// What makes the pages an app: the worker that keeps whom to call for when there is
// no connection, word of a newer version, the number on the icon; and the way out
// for somebody who does not want to be seen here. Everything works without it.

const page = document.documentElement;
const { app, badge } = document.body.dataset; // app: the path of the service; absent where nobody is signed in

// ---------------------------------------------------------------- leaving quickly

const way = document.querySelector('[data-leave]');

/** Shows nothing from this moment on, and puts another website in this page's place. */
function leave() {
  document.body.hidden = true;
  document.title = ' ';
  if (document.getElementById('lock')) {
    fetch('/account/lock/now', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}', keepalive: true }).catch(() => {});
  }
  location.replace(way.href);
}

way?.addEventListener('click', e => {
  if (e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  leave();
});

// Shift three times, as GOV.UK has it: alone, and not too slowly.
const says = document.getElementById('leave-says');
let presses = 0, alone = false, slow;

addEventListener('keydown', e => {
  alone = e.key === 'Shift';
  if (!alone) presses = 0;
});
addEventListener('pointerdown', () => { alone = false; });
addEventListener('keyup', e => {
  if (e.key !== 'Shift' || !alone || !way) return;
  clearTimeout(slow);
  presses += 1;
  if (presses === 3) {
    leave();
    return;
  }
  says.textContent = presses === 1 ? inWords('Shift, press 2 more times to leave this page.') : inWords('Shift, press 1 more time to leave this page.');
  slow = setTimeout(() => { presses = 0; says.textContent = ''; }, 5000);
});

// ---------------------------------------------------------------- the worker

/** Says that there is a newer version, and loads it when somebody asks for it. */
function tell(worker) {
  const bar = document.getElementById('newer');
  const [load, later] = bar.querySelectorAll('button');
  bar.hidden = false;
  says.textContent = bar.querySelector('p').textContent;
  load.onclick = () => {
    if (worker.state === 'activated') location.reload(); // for another page
    worker.addEventListener('statechange', () => { if (worker.state === 'activated') location.reload(); });
    worker.postMessage({ take: true });
  };
  later.onclick = () => { bar.hidden = true; };
}

async function register() {
  const registration = await navigator.serviceWorker.register('/worker.js');
  // Found before this page was loaded: the page is of the newer version already.
  registration.waiting?.postMessage({ take: true });
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing;
    coming.addEventListener('statechange', () => {
      if (coming.state === 'installed' && registration.active) tell(coming); // the first one is not newer than any
    });
  });
  let asked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || Date.now() - asked < 3600000) return;
    asked = Date.now();
    registration.update().catch(() => { /* no connection */ });
  });
  const { active } = await navigator.serviceWorker.ready;
  if (app) active.postMessage({ home: app });
}

if (app !== undefined) navigator.serviceWorker?.register && register().catch(() => { /* private windows have none */ });

// Signed out, or not wished for any more.
if (page.dataset.signedIn === 'false' || page.dataset.session && badge === undefined) navigator.clearAppBadge?.().catch(() => {});

// ---------------------------------------------------------------- no connection

/** On the page that stands in for others: the way to what is kept on this device. */
async function offerPlan() {
  const box = document.querySelector('[data-kept-plan]');
  if (!box || !('caches' in window) || !await caches.has('kept')) return;
  const kept = (await (await caches.open('kept')).keys()).map(request => new URL(request.url).pathname).find(path => !path.startsWith('/assets/'));
  if (!kept) return;
  box.querySelector('a').href = kept;
  box.hidden = false;
}

offerPlan().catch(() => {});
