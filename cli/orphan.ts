/** A child of `foyer up` that lost it (a SIGKILL) shuts down in order, as if it had been asked to. */
export function endWithParent(): void {
  if (!process.channel) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // The channel alone must not keep a process alive that has ended its work.
  process.channel.unref();
}
