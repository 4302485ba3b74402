import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

/**
 * Bundles the stories and writes them to the file named as argument. A program of its own: what the
 * bundler takes in memory, some 150 MB, goes with it instead of staying with the worker.
 */
const quiet = () => {};
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('./index.ts', import.meta.url)),
  logger: {
    log: quiet,
    trace: quiet,
    debug: quiet,
    info: quiet,
    warn: (message) => process.stderr.write(`${message}\n`),
    error: (message) => process.stderr.write(`${message}\n`),
  },
});
await writeFile(process.argv[2]!, code);
