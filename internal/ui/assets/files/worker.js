// What the browser keeps awake for us: it shows the notices that we send, and
// opens the page that they are about. Where there is no connection it shows what
// somebody chose to keep on this device (see offline.js), until they sign out.
// It keeps nothing by itself.

addEventListener('install', () => skipWaiting());

addEventListener('push', e => {
  let notice = {};
  try { notice = e.data.json(); } catch { /* nothing in it: say the least */ }
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

addEventListener('fetch', e => {
  const { request } = e;
  const { origin, pathname } = new URL(request.url);
  if (request.method === 'POST' && pathname === '/sign-out') e.waitUntil(caches.delete('kept'));
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' || pathname.startsWith('/assets/')) e.respondWith(answer(request));
});

async function answer(request) {
  try {
    return await fetch(request);
  } catch (problem) {
    const shelf = await caches.match(request, { ignoreSearch: true, cacheName: 'kept' });
    if (shelf) return shelf;
    const help = request.mode === 'navigate' && (await keptPages()).find(page => page.url.endsWith('/help-now'));
    if (help) return caches.match(help);
    throw problem;
  }
}

const keptPages = async () => await caches.has('kept') ? (await caches.open('kept')).keys() : [];
