import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Permission } from '#lib/auth/roles.ts';
import type { Place } from './world.ts';

/** Whom a page or a route is for; people of the other house are led to theirs. */
export type Audience = 'staff' | 'customer' | 'both' | 'anybody';

export type QueryOf = (place: Place) => string;

export interface Route {
  /** As Next writes it, without groups: `/customers/[tenantId]`. */
  path: string;
  audience: Audience;
  /** What a role must have to be shown it; null where being let in is enough. */
  permission: Permission | null;
  /** What stands behind the `?`. */
  query?: QueryOf;
  /** Which field of the place a name in the brackets stands for, where they differ. */
  names?: Record<string, keyof Place>;
  /** It names what is the MSP’s and no customer’s: a sibling is no stranger here. */
  ofMsp?: boolean;
  /** It leads to another page whatever it is asked, and that one decides. */
  leadsOn?: boolean;
  /** A route handler: it answers instead of leading elsewhere. */
  isRoute?: boolean;
  /** Opened by a secret and not by who one is: only what it lets out is looked at, and why. */
  door?: string;
}

export interface Action {
  /** `app/(portal)/customers/[tenantId]/actions.ts backUpNow`, as the build names it. */
  name: string;
  audience: Audience;
  permission: Permission | null;
  /** The fields of its form. */
  fields: (place: Place) => Record<string, string>;
  /** False where no field of the form names anything of a customer's. */
  namesAPlace: boolean;
  /** It is about what is the MSP’s and no customer’s: a sibling is no stranger here. */
  ofMsp?: boolean;
  /** It works on several at a time, and its sentence says more than the refusal of one. */
  amongOthers?: boolean;
  /** Why it cannot be done in this world by anybody; it is tried by who may not. */
  deniedOnly?: string;
  /** The page it is called from, where that is not the first that has it. */
  page?: string;
}

const root = join(import.meta.dirname, '../..');

/** Every page and route handler there is, as Next will serve it. */
export function routesOfTheApp(): string[] {
  return globSync('app/**/{page.tsx,route.ts}', { cwd: root })
    .filter((file) => !file.startsWith('app/_'))
    .map((file) => {
      const path = file
        .replace(/^app/, '')
        .replace(/\/(page\.tsx|route\.ts)$/, '')
        .replaceAll(/\/\([^)]+\)/g, '');
      return path === '' ? '/' : path;
    })
    .sort();
}

export interface BuiltAction {
  id: string;
  name: string;
  /** Pages that were built with it. */
  pages: string[];
}

/** Every server action of the build, by the name of its file and export. */
export function actionsOfTheBuild(): BuiltAction[] {
  const manifest = JSON.parse(
    readFileSync(join(root, '.next/server/server-reference-manifest.json'), 'utf8'),
  ) as {
    node: Record<string, { workers: object; filename: string; exportedName: string }>;
  };
  return Object.entries(manifest.node)
    .map(([id, { filename, exportedName, workers }]) => ({
      id,
      name: `${filename} ${exportedName}`,
      pages: Object.keys(workers).map((page) => {
        const path = page
          .replace(/^app/, '')
          .replace(/\/page$/, '')
          .replaceAll(/\/\([^)]+\)/g, '');
        return path === '' ? '/' : path;
      }),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The address of a route for one place: `[runId]` is the place's run. */
export function addressOf(
  { path, query, names = {} }: Pick<Route, 'path' | 'query' | 'names'>,
  place: Place,
): string {
  const ids: Record<string, unknown> = {
    ...place,
    token: 'a'.repeat(43),
    nextauth: 'session',
    path: 'customers',
  };
  const filled = path.replaceAll(/\[(?:\.{3})?(\w+)\]/g, (_, name: string) => {
    const id = ids[names[name] ?? name];
    if (typeof id !== 'string') throw new Error(`No place has a ${name}, which ${path} asks for.`);
    return id;
  });
  const search = query?.(place) ?? '';
  return search === '' ? filled : `${filled}?${search}`;
}

/** Does the address name anything of a customer's? */
export function namesAPlace(route: Pick<Route, 'path' | 'query'>): boolean {
  return route.path.includes('[') || route.query !== undefined;
}
