import { fileURLToPath } from 'node:url';

/** The folder with package.json, without a slash at its end, whatever the current folder is. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
