// The safeguarding desk by keyboard. All of it works without: each key presses a
// link, a button or a choice of the page. <div data-desk data-keys="on"> has them;
// data-keys="off" switches them off (WCAG 2.1.4).

const desk = document.querySelector('[data-desk]');
const on = desk.dataset.keys === 'on';
const find = selector => desk.querySelector(selector);
const lines = () => [...desk.querySelectorAll('[data-item]')];

/** The line that has the focus, or -1. */
const at = () => lines().findIndex(link => link.closest('tr').contains(document.activeElement));

function step(by) {
  if (desk.dataset.open !== undefined) { find(by > 0 ? 'a[rel=next]' : 'a[rel=prev]')?.click(); return; }
  const all = lines();
  const next = at() < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at() + by, 0), all.length - 1);
  all[next]?.focus();
}

function take() {
  const form = find('[data-claim] form') ?? lines()[at()]?.closest('tr').querySelector('.desk-take form');
  form?.requestSubmit();
}

/** Chooses an act by its place in the desk's order, and goes to what it needs next. */
function choose(n) {
  const act = ['approve', 'ask', 'cover', 'hide', 'remove', 'lock', 'uphold', 'overturn'][n - 1];
  const radio = find(`[data-decide] input[name=act][value=${act}]`);
  if (!radio) return;
  radio.checked = true;
  radio.dispatchEvent(new Event('change', { bubbles: true }));
  const next = { approve: 'button[type=submit]', cover: 'input[name=topics]' }[act] ?? 'textarea[name=reason]';
  find(`[data-decide] ${next}`).focus();
}

function tellKeys() {
  const keys = document.getElementById('desk-keys');
  keys.open = !keys.open;
  keys.querySelector('summary').focus();
}

const doing = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  c: take, r: () => find('[data-reveal]')?.click(), '?': tellKeys,
};
for (const n of [1, 2, 3, 4, 5, 6, 7, 8]) doing[n] = () => choose(n);

const typing = el => el.matches('textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]');
const choosing = el => el.matches('input[type=radio]');  // the arrows are its own

document.addEventListener('keydown', e => {
  if (!on || e.altKey || e.metaKey) return;
  if (e.ctrlKey && e.key === 'Enter') { e.target.closest('[data-decide]')?.requestSubmit(); return; }
  if (e.ctrlKey || typing(e.target) || choosing(e.target) && e.key.startsWith('Arrow')) return;
  if (!doing[e.key]) return;
  e.preventDefault();
  doing[e.key]();
});

// Kind words go into the message, which stays where it is.
desk.addEventListener('click', e => {
  const kind = e.target.closest('[data-words]');
  if (!kind) return;
  e.preventDefault();
  const words = find('textarea[name=words]');
  words.value = kind.dataset.words;
  words.dispatchEvent(new Event('input', { bubbles: true }));
  words.focus();
});

// What has the focus keeps it when the queue is brought anew.
let focused;
desk.addEventListener('focusin', e => { focused = e.target.closest('[data-item]')?.href; });
document.addEventListener('live:shown', () => {
  if (document.activeElement === document.body && focused) lines().find(link => link.href === focused)?.focus();
});

// An open item says that somebody looks at it, for as long as somebody does.
let lately = Date.now();
for (const sign of ['keydown', 'pointermove', 'scroll']) addEventListener(sign, () => { lately = Date.now(); }, { passive: true });
if (desk.dataset.open !== undefined) {
  setInterval(() => {
    if (document.visibilityState === 'visible' && Date.now() - lately < 120000) fetch(location.pathname, { headers: { Accept: 'application/json', 'X-Unattended': 'true' } }).catch(() => {});
  }, 60000);
}
