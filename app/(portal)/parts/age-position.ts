import type { AgePosition } from '#lib/services/input.ts';

/** Where a list by age goes on, as it stands in an address: moment and id of the last row. */
export function positionText({ createdAt, id }: { createdAt: Date; id: string }): string {
  return `${createdAt.getTime()}.${id}`;
}

/** Undefined for what is no position: the list then begins at its start. */
export function positionOf(text: string | undefined): AgePosition | undefined {
  const [, at, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(text ?? '') ?? [];
  return at === undefined || id === undefined ? undefined : { at: new Date(Number(at)), id };
}
