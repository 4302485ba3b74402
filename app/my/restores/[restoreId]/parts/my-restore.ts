import type { RestoreItemView, RestoreView } from '#lib/services/restores/view.ts';

/** A restore as its owner, or the administrator of the organisation, is told of it. */
export interface MyRestore extends RestoreView {
  sourceName: string;
  /** Whose mail it is has left: it cannot go where it was. */
  sourceGone: boolean;
  targetName: string;
  /** It goes into another mailbox than it is from. */
  elsewhere: boolean;
  one: 'message' | 'item';
  /** Folders that are written into, as people know them. */
  paths: string[];
  /** The first of its lines. */
  lines: RestoreItemView[];
  problems: RestoreItemView[];
}

/** "Inbox/Harbour" → "Inbox / Harbour". */
export function pathWords(path: string | null): string {
  return (path ?? '').split('/').join(' / ');
}

export function pathsOf({ plan }: Pick<RestoreView, 'plan'>): string[] {
  return (plan?.folders ?? [])
    .filter(({ write }) => write > 0)
    .map(({ path }) => pathWords(path))
    .filter((path) => path !== '');
}
