// Sending in a conversation over a connection that comes and goes. The plain
// form does the same without this, a page at a time. What is not sent yet waits
// in this tab, in order; each message carries an id of its own, so that the
// server takes it once however often it is sent.

const form = document.querySelector('form[data-messages]');
const talk = document.getElementById('talk');
const waits = [500, 1000, 2000, 5000, 10000, 30000];  // ms between two tries

const here = talk.dataset.liveGet.split('/since')[0];
const store = `sharon:draft:${document.documentElement.dataset.session}:${here}#queue`;  // gone with the session, as drafts are

/** What waits: {id, body, problem}; problem is why the server refused it. */
let queue = [];
try { queue = JSON.parse(sessionStorage.getItem(store)) ?? []; } catch { /* a tab without storage keeps it in memory */ }
let tries = 0, busy = false, timer;

function keep() {
  try {
    if (queue.length) sessionStorage.setItem(store, JSON.stringify(queue));
    else sessionStorage.removeItem(store);
  } catch { /* see above */ }
}

const newID = () => crypto.randomUUID?.() ?? ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, c => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));

// ---------------------------------------------------------------- what is shown

function button(words, act) {
  const b = document.createElement('button');
  b.type = 'button';
  b.className = 'btn btn--quiet btn--small';
  b.textContent = words;
  b.addEventListener('click', act);
  return b;
}

/** Shows what waits below what was said. */
function show() {
  const ids = new Set(queue.map(m => `waiting-${m.id}`));
  for (const el of talk.querySelectorAll('[id^=waiting-]')) if (!ids.has(el.id)) el.remove();
  for (const message of queue) {
    let el = document.getElementById(`waiting-${message.id}`);
    if (!el) {
      el = document.createElement('article');
      el.id = `waiting-${message.id}`;
      el.className = 'bubble bubble--mine bubble--waiting';
      const body = document.createElement('div');
      body.className = 'post__body';
      body.textContent = message.body;
      el.append(body, document.createElement('div'));
      talk.append(el);
    }
    const state = el.lastElementChild;
    const words = message.problem ? inWords('Not sent. {}', message.problem) : tries > 1 ? inWords('Not sent yet. We keep trying.') : inWords('Sending…');
    if (state.dataset.words === words) continue;
    state.dataset.words = words;
    state.className = 'bubble__state';
    state.replaceChildren(words);
    if (message.problem || tries > 1) state.append(' ', button(inWords('Try again'), () => { delete message.problem; tries = 0; keep(); show(); send(); }));
    if (message.problem) state.append(' ', button(inWords('Change it'), () => take(message)));
  }
}

/** Puts the words of a message back where they were written. */
function take(message) {
  const box = document.querySelector('form[data-messages] textarea');
  if (!box) return;
  queue = queue.filter(m => m !== message);
  box.value = [message.body, box.value].filter(Boolean).join('\n');
  box.dispatchEvent(new Event('input', { bubbles: true }));
  box.focus();
  keep();
  show();
  send();
}

const lastSeq = () => Math.max(0, ...[...talk.querySelectorAll('[data-seq]')].map(el => Number(el.dataset.seq)));

/** The address of what is new moves on with what is shown. */
function moveOn() { talk.dataset.liveGet = `${here}/since?after=${lastSeq()}`; }

/** Brings what is new, as live.js does when it is told. */
async function bring() {
  const response = await fetch(`${here}/since?after=${lastSeq()}`, { headers: { Accept: 'text/html', 'X-Unattended': 'true' } });
  if (!response.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const first = talk.querySelector('[id^=waiting-]');
  for (const piece of [...page.body.children]) {
    const there = document.getElementById(piece.id);
    if (there) there.replaceWith(piece);
    else talk.insertBefore(piece, first);
  }
  moveOn();
}

// ---------------------------------------------------------------- sending

async function send() {
  clearTimeout(timer);
  const message = queue[0];
  if (busy || !message || message.problem) return;
  busy = true;
  let answer;
  try {
    answer = await fetch(here, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ id: message.id, body: message.body }), signal: AbortSignal.timeout(20000),
    });
  } catch { /* no connection: again later */ }
  const done = answer?.ok, onward = answer?.headers.get('Location');
  if (done && onward?.includes('/support')) location.assign(onward); // whom to turn to now
  const refused = answer && !done && answer.status < 500 && ![408, 409, 429].includes(answer.status);
  if (done) {
    tries = 0;
    await bring().catch(() => {});
    queue.shift();
  } else if (refused) {
    const why = await answer.json().catch(() => ({}));
    message.problem = why.errors?.[0]?.detail ?? why.title ?? '';
  } else {
    timer = setTimeout(send, waits[Math.min(tries++, waits.length - 1)]);
  }
  busy = false;
  keep();
  show();
  if (done) {
    window.scrollTo({ top: document.body.scrollHeight });
    send();
  }
}

addEventListener('online', () => { tries = 0; send(); });

form?.addEventListener('submit', e => {
  const box = form.querySelector('textarea');
  const files = [...form.querySelectorAll('input[type=file]')].some(f => f.files.length);
  if (files || !box.value.trim()) return;  // the plain form does these
  e.preventDefault();
  queue.push({ id: newID(), body: box.value.trim() });
  box.value = '';
  box.dispatchEvent(new Event('input', { bubbles: true }));
  box.focus();
  keep();
  show();
  send();
});

// ---------------------------------------------------------------- typing

let told = 0;
form?.addEventListener('input', e => {
  if (e.target.value === '' || Date.now() - told < 3000) return;
  told = Date.now();
  fetch(`${here}/typing`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }).catch(() => {});
});

const line = document.getElementById('typing');
const people = JSON.parse(line.dataset.people);
let hush;
function typing(words) {
  clearTimeout(hush);
  line.textContent = words;
  if (words) hush = setTimeout(() => typing(''), 6000);
}
document.addEventListener('live:messages.typing', e => {
  const about = talk.dataset.liveAbout;
  if (e.detail.about === about) typing(inWords('{} is typing…', people[e.detail.subject] ?? e.detail.data?.handle ?? inWords('Somebody')));
});
document.addEventListener('live:messages.sent', () => typing(''));
document.addEventListener('live:shown', e => { if (e.detail.id === 'talk') { moveOn(); for (const el of talk.querySelectorAll('[id^=waiting-]')) talk.append(el); } });

moveOn();
show();
send();
