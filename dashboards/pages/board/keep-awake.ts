/**
 * A display must not go to sleep. Browsers without this feature, and those that refuse it, go on as they are. In a
 * frame, the page around it decides.
 */
export function keepAwake(): void {
  if (window.top !== window) return;
  const ask = () => {
    if (document.visibilityState === 'visible')
      navigator.wakeLock?.request('screen').catch(() => undefined);
  };
  // The browser lets go of the lock whenever the page is hidden.
  document.addEventListener('visibilitychange', ask);
  ask();
}
