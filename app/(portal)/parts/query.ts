export type Query = Record<string, string | string[] | undefined>;

/** One value of an address; of several the first, since only people who try things give several. */
export function oneValue(query: Query, name: string): string | undefined {
  const value = query[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The same, if it is one of these. */
export function oneOf<T extends string>(
  query: Query,
  name: string,
  values: readonly T[],
): T | undefined {
  const value = oneValue(query, name);
  return values.find((known) => known === value);
}

/** What the database counts positions in. */
const positionMax = 2 ** 31 - 1;

/** Where a list by position goes on; 0, which is its beginning, for what is no position. */
export function positionIn(query: Query, name: string): number {
  const position = Number(oneValue(query, name));
  return Number.isInteger(position) && position > 0 && position <= positionMax ? position : 0;
}
