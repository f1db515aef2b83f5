// What the browser keeps awake for us. It shows the notices that we send, and
// opens the page that they are about. It keeps the files of this build (SHELL, see
// assets.go), the pages of people to call, and what somebody chose to keep on their
// device; nothing else, and of these nothing that is theirs once they sign out. Where
// there is no connection it shows those, and for any other page that there is none.

const ASSETS = `assets-${BUILD}`;
const HELP = `help-${BUILD}`;
const KEPT = 'kept'; // until its owner takes it away or signs out, whatever the build
const everyones = ['/help-now', '/offline'];

// ---------------------------------------------------------------- keeping

/** Keeps a page with the files that it needs. */
async function keep(shelf, path) {
  const page = await fetch(path, { cache: 'no-cache' });
  if (!page.ok || page.redirected) throw new Error(`${path}: ${page.status}`);
  const files = (await page.clone().text()).match(/\/assets\/[^"'#?\s]+/g) ?? [];
  const on = await caches.open(shelf);
  await on.addAll([...new Set(files)].filter(file => !SHELL.includes(file)));
  await on.put(path, page);
}

const paths = async shelf => (await (await caches.open(shelf)).keys()).map(request => new URL(request.url).pathname);

addEventListener('install', e => e.waitUntil((async () => {
  await (await caches.open(ASSETS)).addAll(SHELL);
  await Promise.all(everyones.map(path => keep(HELP, path)));
})()));

// Earlier builds have gone out of use: so do their files.
addEventListener('activate', e => e.waitUntil((async () => {
  const old = (await caches.keys()).filter(name => ![ASSETS, HELP, KEPT].includes(name));
  await Promise.all(old.map(name => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
})()));

const aDay = 24 * 60 * 60 * 1000;

/** Keeps the pages of a service's own people to call, once a day. */
async function keepHelp(home) {
  for (const path of everyones.map(page => home + page)) {
    const had = await caches.match(path, { cacheName: HELP });
    if (!had || Date.now() - Date.parse(had.headers.get('date')) > aDay) await keep(HELP, path);
  }
}

/** Leaves what belongs to nobody. */
async function forget() {
  await caches.delete(KEPT);
  const help = await caches.open(HELP);
  for (const path of await paths(HELP)) if (!everyones.includes(path)) await help.delete(path);
  await navigator.clearAppBadge?.();
}

// A page asks: {home}, {keep}, {take}. It is answered whether that was done.
addEventListener('message', e => {
  const asked = e.data;
  const done = asked.take ? skipWaiting() : asked.keep ? keep(KEPT, asked.keep) : keepHelp(asked.home);
  e.waitUntil(done.then(() => e.ports[0]?.postMessage(true), () => e.ports[0]?.postMessage(false)));
});

// ---------------------------------------------------------------- answering

addEventListener('fetch', e => {
  const { request } = e;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === 'POST' && ['/sign-out', '/account/devices/sign-out'].includes(pathname)) e.waitUntil(forget());
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') e.respondWith(show(e, pathname));
  else if (pathname.startsWith('/assets/')) e.respondWith(file(request));
});

async function file(request) {
  return await caches.match(request, { cacheName: ASSETS }) ?? fetch(request).catch(async problem => {
    const kept = await caches.match(request);
    if (kept) return kept;
    throw problem;
  });
}

/** A page, if need be as it was kept. A proxy answers for us when we are away (502, 504). */
async function show(e, pathname) {
  try {
    const page = await e.preloadResponse ?? await fetch(e.request);
    if (![502, 503, 504].includes(page.status)) return page;
    const kept = await caches.match(pathname);
    if (kept || page.status === 503) return kept ?? page;
  } catch { /* no connection */ }
  const home = `/${pathname.split('/')[1]}`;
  for (const path of [pathname, `${home}/offline`, '/offline']) {
    const kept = await caches.match(path);
    if (kept) return kept;
  }
  return Response.error();
}

// ---------------------------------------------------------------- notices

addEventListener('push', e => {
  let notice = {};
  try { notice = e.data.json(); } catch { /* nothing in it: say the least */ }
  if (notice.unread) navigator.setAppBadge?.(notice.unread).catch(() => {});
  // A browser that shows nothing for a push ends the subscription.
  e.waitUntil(registration.showNotification(notice.title || 'SHaRON', {
    body: notice.body || 'There is something new.',
    tag: notice.tag || 'sharon', // the same tag takes the place of the one before
    data: notice.url || '/',
    lang: 'en-GB',
  }));
});

addEventListener('notificationclick', e => {
  e.notification.close();
  let to = new URL(e.notification.data, location.origin);
  if (to.origin !== location.origin) to = new URL('/', location.origin);
  e.waitUntil((async () => {
    const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true });
    const page = pages.find(p => p.url === to.href);
    return page ? page.focus() : clients.openWindow(to.href);
  })());
});
