/** A display must not go to sleep. Browsers without this feature, and those that refuse it, go on as they are. */
export function keepAwake(): void {
  const ask = () => {
    if (document.visibilityState === 'visible')
      navigator.wakeLock?.request('screen').catch(() => undefined);
  };
  // The browser lets go of the lock whenever the page is hidden.
  document.addEventListener('visibilitychange', ask);
  ask();
}
