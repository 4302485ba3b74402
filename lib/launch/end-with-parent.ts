import { isMainThread } from 'node:worker_threads';

/**
 * Preloaded (`node --import`) into every Node child of the launcher. The launcher holds the other end
 * of standard input; when it is gone, however it died, the pipe ends and this process ends itself the
 * ordinary way. After the grace it stops without ceremony, so nothing blocks the next start.
 */
const graceMs = 20_000;

// Threads preload the same files, with an input of their own that ends at once.
if (isMainThread) {
  process.stdin.on('error', () => {});
  process.stdin.once('end', () => {
    // Nobody reads the output any more; a write must not be what ends us.
    process.stdout.on('error', () => {});
    process.stderr.on('error', () => {});
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.stdin.resume();
  // The pipe alone must not keep a process alive that has nothing left to do.
  (process.stdin as unknown as { unref?(): void }).unref?.();
}
