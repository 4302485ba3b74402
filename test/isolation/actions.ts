import type { Action } from './routes.ts';

/** What every server action may do. A new one that is not here fails the build. */
export const actionTable: Action[] = [];
