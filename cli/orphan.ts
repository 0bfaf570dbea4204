/** Shuts a child process down cleanly when its `foyer up` disappears, for example after a SIGKILL. */
export function endWithParent(): void {
  if (!process.channel) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // The IPC channel alone must not keep a finished process alive.
  process.channel.unref();
}
