/** `unsupported`: the browser has no notifications on this page. */
export type NoticePermission = NotificationPermission | 'unsupported';

export const noticePermission = (): NoticePermission =>
  typeof Notification === 'undefined' ? 'unsupported' : Notification.permission;

/** Call it in a gesture. Resolves when the person has answered. */
export async function askForNotices(): Promise<void> {
  if (noticePermission() !== 'default') return;
  await Notification.requestPermission();
  await worker();
}

/** Phones show notifications only through a worker, and open the page with it. */
async function worker(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator) || noticePermission() !== 'granted') return null;
  try {
    const script = new URL('./notice-worker.js', import.meta.url);
    const registration = await navigator.serviceWorker.register(script);
    return registration.active ? registration : null;
  } catch {
    return null;
  }
}

/** Shows a notification where they are allowed. A newer one about the same ticket replaces it. */
export async function notice(ticketId: string, title: string, body: string): Promise<void> {
  if (noticePermission() !== 'granted') return;
  const options = { body, tag: `ticket-${ticketId}`, data: { path: `/ticket/${ticketId}` } };
  const registration = await worker();
  try {
    if (registration) await registration.showNotification(title, options);
    else new Notification(title, options);
  } catch {
    // Phones refuse the constructor, and the worker may still be starting. The page itself shows the call.
  }
}
