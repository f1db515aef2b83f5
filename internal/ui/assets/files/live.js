// What happens elsewhere while a page is open. Every page works without it;
// loaded only where <body data-stream="/address"> is. Events are JSON:
// {id, event, subject, about}. What an element does about them, it says itself:
//
//   data-live="reply edit"       these events concern it
//   data-live-about="ID"         but only if they are about this
//   data-live-get="/path"        fetch this page and take the element of the same id from
//                                it; {subject} and {about} of the event are filled in
//   data-live-swap="append"      instead, add what that element (or else <main>, or the
//                                fragment) holds and is not here yet
//   data-live-with="ID"          taken from the same page, whenever the element ID is
//   data-live-announce="Words"   say this to screen readers
//   data-live-offer="post"       show it, with how many of these there are: data-live-one
//                                and data-live-many are the words, {n} the number
//   data-live-count="messages"   how many wait in these rooms; hidden at 0
//
// After too long a time away "anew" comes instead of what was missed: then the page
// offers to load itself again. Scripts listen to "live:reply" on document; detail is the whole event.

const address = document.body.dataset.stream;
const every = 15000;        // ms between two polls
const settled = 10000;      // ms after which a stream counts as working

const seen = new Set();  // the last ids
let last = '';
let source, timer, failures = 0, over = false;  // timer: undefined while there is no connection

function take(event) {
  if (event.id) {
    if (seen.has(event.id)) return;
    last = event.id;
    seen.add(event.id);
    if (seen.size > 200) seen.delete(seen.values().next().value);
  }
  document.dispatchEvent(new CustomEvent(`live:${event.event}`, { detail: event }));
  if (event.event === 'counts') recount(2000);
  if (event.event === 'anew') loadAnew();
  offer(event);
  for (const el of document.querySelectorAll(`[data-live~="${CSS.escape(event.event)}"]`)) {
    const about = el.dataset.liveAbout;
    if (about !== undefined && about !== event.about) continue;
    if (el.dataset.liveAnnounce) announce(el.dataset.liveAnnounce);
    if (el.dataset.liveGet && el.id) refresh(el, event);
  }
}

let recounting;

/** Asks how much waits in each room, within so many ms: all who are told of something ask. */
function recount(within) {
  if (!document.querySelector('[data-live-count]')) return;
  recounting ??= setTimeout(async () => {
    recounting = undefined;
    const response = await ask(address.replace(/\?.*/, '?counts=true')).catch(() => undefined);
    if (response?.ok) count((await response.json()).unread);
  }, Math.random() * within);
}

function count(unread) {
  if ('badge' in document.body.dataset) navigator.setAppBadge?.(Object.values(unread).reduce((sum, n) => sum + n, 0)).catch(() => {});
  for (const el of document.querySelectorAll('[data-live-count]')) {
    const n = el.dataset.liveCount.split(' ').reduce((sum, room) => sum + (unread[room] ?? 0), 0);
    el.hidden = n === 0;
    el.textContent = n;
    const words = document.createElement('span');
    words.className = 'nhsuk-u-visually-hidden';
    words.textContent = ` ${inWords('not read yet')}`;
    el.append(words);
  }
}

/** Offers the whole page anew: too much was missed to be brought piece by piece. */
function loadAnew() {
  const el = document.getElementById('live-anew');
  el.hidden = false;
  el.querySelector('button').onclick = () => location.reload();
  announce(el.querySelector('p').textContent);
  recount(2000);
}

const offered = new Set();

/** Says that there is something new instead of moving what somebody reads. */
function offer(event) {
  const el = document.querySelector(`[data-live-offer~="${CSS.escape(event.event)}"]`);
  if (!el || offered.has(event.subject) || document.getElementById(`post-${event.subject}`)) return;
  offered.add(event.subject);
  const words = offered.size === 1 ? el.dataset.liveOne : el.dataset.liveMany.replace('{n}', offered.size);
  (el.querySelector('a') ?? el).textContent = words;
  el.hidden = false;
  announce(words);
}

const lines = new Map();  // element id → { tail, waiting }: one fetch at a time, in order

function refresh(el, event) {
  const url = el.dataset.liveGet.replace(/\{(subject|about)\}/g, (_, name) => encodeURIComponent(event[name] ?? ''));
  if (!lines.has(el.id)) lines.set(el.id, { tail: Promise.resolve(), waiting: new Set() });
  const line = lines.get(el.id);
  if (line.waiting.has(url)) return;  // it will bring this too
  line.waiting.add(url);
  line.tail = line.tail.then(() => rested(el.id)).then(() => {
    line.waiting.delete(url);
    return insist(el.id, url);
  });
}

/** Tries again while the network is away; in the end the next event or page shows it. */
async function insist(id, url) {
  for (let wait = 1000; wait < 60000; wait *= 2) {
    try { return await bring(id, url); } catch { await new Promise(done => { setTimeout(done, wait); }); }
  }
}

/** Waits while somebody writes inside an element that would be replaced. */
async function rested(id) {
  const writing = field => field === document.activeElement || field.value !== field.defaultValue;
  const busy = el => el && el.dataset.liveSwap !== 'append' && [...el.querySelectorAll('input, textarea')].some(writing);
  while (busy(document.getElementById(id))) await new Promise(done => { setTimeout(done, 500); });
}

async function bring(id, url) {
  if (new URL(url, location.href).origin !== location.origin) return;
  const response = await fetch(url, { headers: { Accept: 'text/html', 'X-Unattended': 'true' } });
  const el = document.getElementById(id);
  if (response.status >= 500) throw new Error(response.statusText);
  if (!response.ok || response.redirected || !el) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const same = page.getElementById(id);
  const append = el.dataset.liveSwap === 'append';
  for (const piece of append ? [...(same ?? page.querySelector('main') ?? page.body).children] : [same].filter(Boolean)) {
    const there = piece.id && document.getElementById(piece.id);
    if (there && append && same) continue;
    if (there) there.replaceWith(piece); else el.append(piece);
    window.htmx?.process(piece);
  }
  for (const beside of document.querySelectorAll(`[data-live-with="${CSS.escape(id)}"]`)) {
    const piece = page.getElementById(beside.id);
    if (piece) beside.replaceWith(piece);
  }
  document.dispatchEvent(new CustomEvent('live:shown', { detail: { id } }));
}

const words = new Set();
let speaking;

/** Says sentences politely, at most every five seconds. */
function announce(sentence) {
  words.add(sentence);
  speaking ??= setTimeout(function speak() {
    document.getElementById('live-says').textContent = [...words].join(' ');
    words.clear();
    speaking = setTimeout(() => { speaking = undefined; if (words.size) speak(); }, 5000);
  }, 100);
}

/** The stream's address, which says where we are in it. */
function at() {
  const url = new URL(address, location.href);
  if (last) url.searchParams.set('last', last);
  return url;
}

function open() {
  close();
  if (over) return;
  if (failures >= 3) { poll(); return; }
  source = new EventSource(at());
  timer = setTimeout(failed, settled);  // a proxy may hold back even the beginning
  source.onopen = () => { clearTimeout(timer); timer = setTimeout(() => { failures = 0; }, settled); };
  source.onmessage = e => take(JSON.parse(e.data));
  source.onerror = failed;
}

function failed() {
  failures++;
  clearTimeout(timer);
  const returns = failures < 3 && source.readyState === EventSource.CONNECTING;  // by itself; not if it was refused
  timer = setTimeout(returns ? failed : open, returns ? settled : 1000);
  if (!returns) source.close();
}

function ask(url) { return fetch(url, { cache: 'no-store', headers: { Accept: 'application/json', 'X-Unattended': 'true' } }); }

async function poll() {
  failures = 0;  // when the page is next looked at, a stream is tried again
  timer = setTimeout(poll, every);
  const response = await ask(at()).catch(() => undefined);
  if ([401, 403, 404].includes(response?.status)) { over = true; close(); }  // signed out, or not ours any more
  if (!response?.ok) return;
  const heard = await response.json();
  heard.events?.forEach(take);
  count(heard.unread ?? {});
}

function close() {
  clearTimeout(timer);
  source?.close();
  timer = undefined;
}

// A page that nobody sees holds no connection: a browser has six for all its tabs.
let hiding;
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding);
  if (document.visibilityState === 'hidden') hiding = setTimeout(close, 5000);
  else if (!timer) open();
});
addEventListener('pagehide', close);

// A page that lock.js has shut is told nothing.
document.addEventListener('lock:shut', () => { over = true; close(); });
document.addEventListener('lock:open', () => { over = false; failures = 0; open(); recount(0); });
addEventListener('pageshow', e => { if (e.persisted) open(); });

open();
recount(0);
