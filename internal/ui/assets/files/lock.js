// Shuts the page when nobody does anything on it for as long as its owner has set:
//
//   <section id="lock" data-after="60" hidden> … <form action="/account/unlock"> …
//
// The server shuts the session too. Opening it again happens here, so that what
// somebody was writing stays where it is. A page of the same session that is in use
// keeps them all open: the server knows, because each says that somebody is there.

const cover = document.getElementById('lock');
const form = cover.querySelector('form');
const says = document.getElementById('lock-says');
const after = Number(cover.dataset.after) * 1000;
const telling = 15000;   // ms between somebody's doing something and our saying so

let last = Date.now();
let told, timer, title, focused;

const send = (path, body, headers = {}) => fetch(path, {
  method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers }, body: JSON.stringify(body), keepalive: true,
});

function watch() {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(0, last + after - Date.now()));
}

/** Shuts what nobody used. A device that slept wakes up late, so the clock decides. */
function look() {
  if (!cover.hidden) return true;
  if (Date.now() - last < after) { watch(); return false; }
  shut();
  send('/account/lock/now', { idle: true }, { 'X-Unattended': 'true' }).then(async answer => {
    if (answer.ok && !(await answer.json()).locked) open();
  }).catch(() => {
    // Without a connection nobody could open it again; what is kept for then stays readable.
    if (document.querySelector('[data-offline]')) open();
  });
  return true;
}

function here() {
  if (look()) return;
  last = Date.now();
  told ??= setTimeout(async () => {
    told = undefined;
    const answer = await send('/account/lock/here', {}).catch(() => undefined);
    if (answer?.status === 403 && (await answer.json()).code === 'locked') shut();
  }, telling);
}

function shut() {
  if (!cover.hidden) return;
  clearTimeout(timer);
  clearTimeout(told);
  told = undefined;
  focused = document.activeElement;
  title = document.title;
  document.title = inWords('Locked');
  cover.hidden = false;
  for (const el of document.body.children) if (el !== cover) el.inert = true;
  document.documentElement.classList.add('locked');
  cover.querySelector('input:not([type=hidden]), button:not([hidden])')?.focus();
  document.dispatchEvent(new CustomEvent('lock:shut'));
}

function open() {
  cover.hidden = true;
  for (const el of document.body.children) el.inert = false;
  document.documentElement.classList.remove('locked');
  document.title = title;
  form.reset();
  says.textContent = '';
  focused?.focus();
  last = Date.now();
  watch();
  document.dispatchEvent(new CustomEvent('lock:open'));
}

form.addEventListener('submit', async e => {
  e.preventDefault();
  const shown = {};
  for (const field of [form.elements.proof_pin, form.elements.proof_passkey].filter(Boolean)) {
    if (field.value) shown[field.name] = field.value;
    field.value = '';
  }
  const answer = await send('/account/unlock', shown).catch(() => undefined);
  if (answer?.ok) { open(); return; }
  if (answer?.status === 401) { location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`); return; }
  const why = await answer?.json().catch(() => undefined);
  says.textContent = why?.errors?.[0]?.detail ?? why?.title ?? inWords('You are not connected. Try again when you have a signal.');
  form.elements.proof_pin?.focus();
});

for (const sign of ['keydown', 'pointerdown', 'pointermove', 'scroll', 'input']) addEventListener(sign, here, { passive: true, capture: true });

// Back on this page: was it shut, or opened, on another one?
document.addEventListener('visibilitychange', async () => {
  const was = !cover.hidden;
  look();
  if (document.visibilityState !== 'visible' || !was) return;
  const answer = await fetch('/account/unlock', { headers: { Accept: 'application/json', 'X-Unattended': 'true' } }).catch(() => undefined);
  if (answer?.ok && !(await answer.json()).locked) open();
});

watch();
