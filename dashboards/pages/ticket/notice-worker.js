/** Opens the page of a ticket when its notification is tapped. It handles no requests. */
self.addEventListener('notificationclick', (event) => {
  const { path } = event.notification.data;
  event.notification.close();
  event.waitUntil(open(path));
});

async function open(path) {
  const all = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const shown = all.find(({ url }) => new URL(url).pathname === path);
  if (shown) await shown.focus();
  else await self.clients.openWindow(path);
}
