import type { Route } from './routes.ts';

/** What every page and route is for. A new one that is not here fails the build. */
export const pageTable: Route[] = [];
