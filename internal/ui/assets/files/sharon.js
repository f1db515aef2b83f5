// What makes the pages quicker and kinder. Everything works without it.
// Loaded with <script type="module">, after htmx: no inline code, nothing
// evaluated, nothing kept beyond the tab.

const page = document.documentElement;
const signedIn = page.dataset.signedIn !== 'false';

// ---------------------------------------------------------------- speaking up

// What scripts say, in the words of the page: where these are not English, the page
// brings the list (ui.scripted).
const said = Object.fromEntries([...document.getElementById('in-words')?.content.children ?? []].map(p => [p.dataset.of, p.textContent]));
globalThis.inWords = (text, ...holes) => (said[text] ?? text).replace(/\{\}/g, () => holes.shift());

let live;
let hush;

/** Says a short sentence to everybody: shown for a moment, read by screen readers. */
function announce(words) {
  live.textContent = '';
  clearTimeout(hush);
  requestAnimationFrame(() => { live.textContent = words; });
  hush = setTimeout(() => { live.textContent = ''; }, 6000);
}

function prepareLive() {
  live = document.createElement('div');
  live.className = 'toast';
  live.setAttribute('role', 'status');
  live.setAttribute('aria-live', 'polite');
  document.body.append(live);
}

// ---------------------------------------------------------------- htmx, made safe

function prepareHtmx(htmx) {
  // Also set by <meta name="htmx-config">; said again here in case a page has none.
  htmx.config.history = false;           // no entries, no restoring, nothing stored
  htmx.config.mode = 'same-origin';      // fetch refuses any other host
  htmx.config.includeIndicatorCSS = false;
  if (htmx.indicatorStyleSheet) {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter(s => s !== htmx.indicatorStyleSheet);
  }
  // hx-on, "js:" values and trigger filters would be evaluated: never here.
  const refuse = function () { throw new Error('evaluating code is switched off'); };
  htmx.registerExtension('sharon', { init: api => { api.initSecurity(null, refuse, refuse); } });
  document.addEventListener('htmx:before:on:init', e => e.preventDefault());

  document.addEventListener('htmx:config:request', e => {
    const url = new URL(e.detail.ctx.request.action, document.baseURI);
    if (url.origin !== location.origin) e.preventDefault();
  });

  // The answer may be a page without the piece that was asked for: signed out
  // meanwhile, not allowed, "Sorry, there is a problem". Show that page then,
  // rather than swapping in nothing.
  document.addEventListener('htmx:before:swap', e => {
    const { ctx, tasks } = e.detail;
    const main = tasks.find(t => t.type === 'main');
    if (!ctx.select || !main || main.fragment.childElementCount > 0) return;
    e.preventDefault();
    showWhole(ctx);
  });

  document.addEventListener('htmx:after:swap', e => {
    const { ctx } = e.detail;
    const into = e.target instanceof Element ? e.target : document;
    prepare(document);
    // An error summary or a notice that came with the piece is what to read next.
    const tasks = ctx.target?.isConnected ? ctx.target : into;
    const next = tasks.querySelector?.('.nhsuk-error-summary, [data-focus]');
    if (next) {
      if (!next.hasAttribute('tabindex')) next.tabIndex = -1;
      next.focus();
    }
  });

  document.addEventListener('live:shown', () => prepare(document));

  document.addEventListener('htmx:finally:request', e => {
    const form = e.detail.ctx.request.form ?? e.detail.ctx.sourceElement;
    if (form instanceof HTMLFormElement) release(form);
  });
  document.addEventListener('htmx:after:request', e => {
    const { ctx } = e.detail;
    if (ctx.request.form && ctx.response.status < 400 && !leftForSignIn(ctx)) forgetForm(ctx.request.form);
  });
  document.addEventListener('htmx:error', e => {
    if (e.detail.ctx?.sourceElement) {
      announce(inWords('That did not get through. Check your connection and try again. What you wrote is still here.'));
    }
  });
}

function leftForSignIn(ctx) {
  return /<html[^>]*data-signed-in="?false/i.test(ctx.text?.slice(0, 2000) ?? '');
}

function showWhole(ctx) {
  const response = ctx.response.raw;
  if (response.ok && response.redirected) {
    location.assign(response.url);
    return;
  }
  if (response.ok) {
    location.reload();
    return;
  }
  const theirs = new DOMParser().parseFromString(ctx.text, 'text/html');
  const from = theirs.querySelector('main');
  const to = document.querySelector('main');
  if (!from || !to) {
    announce(inWords('Sorry, there is a problem. What you wrote is still here. Please try again.'));
    return;
  }
  // The words stay in the draft; the message goes above the page, not over it.
  to.querySelector(':scope > [data-problem]')?.remove();
  const box = document.createElement('div');
  box.className = 'notice notice--danger';
  box.dataset.problem = '';
  box.tabIndex = -1;
  const text = document.createElement('div');
  for (const el of from.querySelectorAll('h1, .lede, p')) {
    const p = document.createElement(el.matches('h1') ? 'strong' : 'p');
    p.textContent = el.textContent.trim();
    text.append(p);
    if (text.childElementCount === 3) break;
  }
  box.append(text);
  to.prepend(box);
  box.focus();
}

// ---------------------------------------------------------------- sending once

const sending = new WeakMap();
const byHtmx = form => form.matches('[hx-post],[data-hx-post]');
const posts = form => byHtmx(form) || form.getAttribute('method')?.toLowerCase() === 'post';

function release(form) {
  clearTimeout(sending.get(form));
  sending.delete(form);
  for (const b of form.querySelectorAll('[data-sending]')) {
    b.removeAttribute('data-sending');
    b.removeAttribute('aria-disabled');
  }
}

// Capture, so that a second press stops before htmx or the browser sees it.
addEventListener('submit', e => {
  const form = e.target;
  if (posts(form) && sending.has(form)) {
    e.preventDefault();
    e.stopImmediatePropagation();
  }
}, true);

addEventListener('submit', e => {
  const form = e.target;
  if (!posts(form) || (e.defaultPrevented && !byHtmx(form))) return;
  if (!byHtmx(form)) markSent(form);
  // aria-disabled and not disabled: the button keeps the focus and its value.
  const button = e.submitter ?? form.querySelector('button:not([type=button]), input[type=submit]');
  if (button) {
    button.dataset.sending = '';
    button.setAttribute('aria-disabled', 'true');
  }
  sending.set(form, setTimeout(() => release(form), 20000));
});

addEventListener('pageshow', () => {
  for (const form of document.forms) release(form);
});

// ---------------------------------------------------------------- unsent words

const drafts = (() => {
  const session = page.dataset.session ?? '';
  const prefix = `sharon:draft:${session}:`;
  const guard = fn => { try { return fn(); } catch { return null; } };
  const all = () => guard(() => Object.keys(sessionStorage).filter(k => k.startsWith('sharon:'))) ?? [];
  return {
    key: t => `${prefix}${new URL(t.form?.getAttribute('action') || location.pathname, location.href).pathname}#${t.name}`,
    get: key => guard(() => sessionStorage.getItem(key)),
    set: (key, words) => guard(() => (words.trim() ? sessionStorage.setItem(key, words) : sessionStorage.removeItem(key))),
    drop: key => guard(() => sessionStorage.removeItem(key)),
    clear: keepMine => all().forEach(k => { if (!keepMine || !k.startsWith(prefix) && k !== 'sharon:sent') guard(() => sessionStorage.removeItem(k)); }),
    sent: keys => guard(() => (keys ? sessionStorage.setItem('sharon:sent', JSON.stringify(keys)) : JSON.parse(sessionStorage.getItem('sharon:sent') ?? '[]'))) ?? [],
  };
})();

const fields = form => [...form.querySelectorAll('textarea[data-draft]')];

function markSent(form) {
  const keys = fields(form).map(t => { drafts.set(drafts.key(t), t.value); return drafts.key(t); });
  if (keys.length) drafts.sent(keys);
}

function forgetForm(form) {
  for (const t of fields(form)) {
    clearTimeout(waiting.get(t));
    drafts.drop(drafts.key(t));
  }
}

/** After a plain form: was it taken? Then its words need no keeping. */
function settleSent() {
  const keys = drafts.sent();
  drafts.drop('sharon:sent');
  const status = performance.getEntriesByType('navigation')[0]?.responseStatus ?? 200;
  if (status >= 400 || page.dataset.error !== undefined) return;
  keys.forEach(drafts.drop);
}

const waiting = new WeakMap();

function keep(t) {
  clearTimeout(waiting.get(t));
  waiting.set(t, setTimeout(() => drafts.set(drafts.key(t), t.value), 400));
}

function restore(t) {
  if (t.dataset.draftReady !== undefined) return;
  t.dataset.draftReady = '';
  const words = drafts.get(drafts.key(t));
  // What the server gave is older: words that it has are not kept here any more.
  const theirs = t.value === '' || t.form?.dataset.drafts !== undefined && !t.form.querySelector('.nhsuk-error-summary');
  if (!words || !theirs || words === t.value) return;
  t.value = words;
  const note = document.createElement('p');
  note.className = 'draft-note';
  note.append(inWords('We kept what you were writing.'), ' ');
  const again = document.createElement('button');
  again.type = 'button';
  again.textContent = inWords('Start again');
  again.addEventListener('click', () => {
    t.value = '';
    drafts.drop(drafts.key(t));
    note.remove();
    grow(t);
    t.focus();
  });
  note.append(again);
  t.after(note);
}

// ---------------------------------------------------------------- drafts, on every device

const saving = new WeakMap(); // form: what is under way

/** Keeps what the form holds on the server, once nobody has typed for a moment. */
function saveSoon(form, wait = 1500) {
  const now = saving.get(form) ?? {};
  clearTimeout(now.timer);
  now.timer = setTimeout(() => save(form), wait);
  saving.set(form, now);
}

async function save(form, leaving) {
  const now = saving.get(form);
  clearTimeout(now.timer);
  now.timer = 0;
  if (now.stop && !leaving) { now.again = true; return; }
  now.stop = new AbortController();
  const body = new FormData(form);
  for (const name of ['_once', 'files']) body.delete(name);
  const kept = fields(form).map(t => [t, t.value]);
  try {
    const answer = await fetch(form.dataset.drafts, { method: 'POST', body, headers: { Accept: 'application/json' }, keepalive: leaving, signal: now.stop.signal });
    if (answer.status >= 500) throw new Error(answer.status);
    if (answer.ok) {
      form.elements.draft.value = 'true';
      for (const [t, words] of kept) if (t.value === words) drafts.drop(drafts.key(t));
    }
    say(form, answer.ok ? inWords('Draft saved') : inWords('This could not be saved as a draft. We keep your words in this tab.'));
  } catch {
    if (!now.stop.signal.aborted) {
      say(form, inWords('Not saved yet. We keep your words in this tab and try again.'));
      saveSoon(form, 5000);
    }
  }
  now.stop = null;
  if (now.again) { now.again = false; saveSoon(form); }
}

/** Says how the draft stands, when that changes: typing must not be talked over. */
function say(form, words) {
  const state = form.querySelector('[data-draft-state]');
  if (state && state.textContent !== words) state.textContent = words;
}

const unsaved = form => Boolean(saving.get(form)?.timer || saving.get(form)?.stop);

addEventListener('submit', e => {
  const now = saving.get(e.target);
  if (!now) return;
  clearTimeout(now.timer);
  now.timer = 0;
  now.stop?.abort();
});

// A picture that was chosen is sent at once, with all that the form holds.
document.addEventListener('change', e => {
  const button = document.getElementById(e.target.dataset?.sendWith ?? '');
  if (button && e.target.files?.length) button.form.requestSubmit(button);
});

// A file that is too large is not sent at all, and its field says so.
document.addEventListener('change', e => {
  const field = e.target, most = Number(field.dataset?.most);
  if (!most) return;
  field.parentElement.querySelector('[data-too-large]')?.remove();
  if (!field.files[0] || field.files[0].size <= most) return;
  field.value = '';
  const words = Object.assign(document.createElement('span'), { className: 'nhsuk-error-message', textContent: inWords('That file is larger than {} MB. Choose a smaller one.', most >> 20) });
  words.setAttribute('role', 'alert');
  words.dataset.tooLarge = '';
  field.before(words);
});

// ---------------------------------------------------------------- small comforts

const growsItself = CSS.supports('field-sizing', 'content');

/** Makes a textarea as tall as its words. Style is set through CSSOM, which the policy allows. */
function grow(t) {
  if (growsItself || t.scrollHeight === 0) return;
  t.style.height = 'auto';
  t.style.height = `${t.scrollHeight + 4}px`;
}

function prepare(root) {
  for (const t of root.querySelectorAll('textarea')) {
    if (signedIn && t.dataset.draft !== undefined) restore(t);
    grow(t);
  }
  if (navigator.clipboard) {
    for (const b of root.querySelectorAll('[data-copy][hidden]')) b.hidden = false;
  }
}

document.addEventListener('input', e => {
  const t = e.target;
  if (signedIn && t.form?.dataset.drafts !== undefined && t.type !== 'file') saveSoon(t.form);
  if (!(t instanceof HTMLTextAreaElement)) return;
  grow(t);
  if (signedIn && t.dataset.draft !== undefined) keep(t);
});

// Leaving at once must not lose the last words.
addEventListener('pagehide', () => {
  if (!signedIn) return;
  for (const t of document.querySelectorAll('textarea[data-draft]')) {
    const onServer = t.form?.dataset.drafts !== undefined && !unsaved(t.form); // which may have newer words by now
    if (t.value !== t.defaultValue && !sending.has(t.form) && !onServer) drafts.set(drafts.key(t), t.value);
  }
  for (const form of document.querySelectorAll('form[data-drafts]')) if (unsaved(form) && !sending.has(form)) save(form, true);
});

document.addEventListener('click', async e => {
  const copy = e.target.closest?.('[data-copy]');
  if (copy) {
    e.preventDefault();
    try {
      await navigator.clipboard.writeText(new URL(copy.dataset.copy, location.href).href);
      announce(inWords('Link copied'));
    } catch {
      announce(inWords('The link could not be copied'));
    }
  }
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(e.target) || copy && menu.contains(copy)) menu.open = false;
  }
});

/** Makes a menu of a link to a page that has one. */
async function unfold(link) {
  const page = await (await fetch(link.href)).text();
  const menu = document.createElement('details');
  const summary = document.createElement('summary');
  menu.className = 'menu act--end';
  summary.className = 'icon-button';
  summary.ariaLabel = link.ariaLabel;
  summary.append(...link.cloneNode(true).childNodes);
  menu.append(summary, new DOMParser().parseFromString(page, 'text/html').querySelector('main .menu__list'));
  prepare(menu);
  link.replaceWith(menu);
  menu.open = true;
  summary.focus();
}

document.addEventListener('click', e => {
  const link = e.target.closest?.('a[data-menu]');
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  unfold(link).catch(() => location.assign(link.href));
});

document.addEventListener('keydown', e => {
  if (e.key === 'Escape') {
    const menu = document.activeElement?.closest?.('details.menu[open]') ?? document.querySelector('details.menu[open]');
    if (menu) {
      menu.open = false;
      menu.querySelector('summary')?.focus();
    }
  }
  if (e.altKey && !e.ctrlKey && !e.metaKey && (e.code === 'KeyH' || e.key?.toLowerCase() === 'h')) {
    const help = document.querySelector('a[rel~="help"]');
    if (help) {
      e.preventDefault();
      location.assign(help.href);
    }
  }
});

// A menu that has lost the focus closes.
document.addEventListener('focusin', e => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(e.target)) menu.open = false;
  }
});

// ---------------------------------------------------------------- begin

prepareLive();
if (window.htmx) prepareHtmx(window.htmx);
// Signed out: everything; otherwise what another session left. A page that is the
// same for everybody does not know whose words these are.
if (!signedIn || page.dataset.session) drafts.clear(signedIn);
if (signedIn) settleSent();
prepare(document);
