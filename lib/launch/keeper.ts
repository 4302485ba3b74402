import { spawn } from 'node:child_process';

/**
 * Runs a program that knows nothing of the launcher and ends it when the launcher is gone:
 * `node keeper.ts SIGNAL GRACE_MS PROGRAM ARGS…`. The end of standard input, SIGTERM and SIGINT all
 * mean the same: send SIGNAL, wait GRACE_MS, then SIGKILL. Ends with the code of the program.
 */
const [signal, grace, program, ...args] = process.argv.slice(2);
if (!signal || !grace || !program) {
  process.stderr.write('keeper: SIGNAL GRACE_MS PROGRAM ARGS… expected\n');
  process.exit(2);
}

const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (err) => {
  process.stderr.write(`${err.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 1));

let ending = false;
function end(): void {
  if (ending) return;
  ending = true;
  child.kill(signal as NodeJS.Signals);
  setTimeout(() => child.kill('SIGKILL'), Number(grace)).unref();
}
process.on('SIGTERM', end);
process.on('SIGINT', end);
process.stdin.on('error', end);
process.stdin.once('end', end);
process.stdin.resume();
