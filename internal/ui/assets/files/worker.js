// What the browser keeps awake for us: it shows the notices that we send, and
// opens the page that they are about. It keeps nothing and serves no page.

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
