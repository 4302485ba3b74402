import { spans } from '#lib/services/coverage/rules.ts';

/** What of a query is one of ours; anything else is as if it were not there. */
export function readCoverageList(query: Record<string, string | string[] | undefined>): {
  days: (typeof spans)[number];
  show: 'all' | 'bad';
  page: number;
  day: string | undefined;
} {
  const page = Number(query.page);
  return {
    days: spans.find((span) => String(span) === query.days) ?? 30,
    day:
      typeof query.day === 'string' && /^\d{4}-\d\d-\d\d$/.test(query.day) ? query.day : undefined,
    show: query.show === 'all' ? 'all' : 'bad',
    page: Number.isInteger(page) && page > 1 && page < 10_000 ? page : 1,
  };
}
