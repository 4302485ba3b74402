import type { Account } from '../account.ts';
import { invalid } from './failures.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What is told only where a request asks for it by name. */
const onRequest = new Set(['tiers', 'payments']);

/** How many lines an invoice shows of itself; the others have a list of their own. */
const embeddedLines = 10;

/**
 * A copy of what the account holds in the form in which the API tells it: ids in the place of things, and
 * the things themselves where `expand` names them.
 */
export function present(object: unknown, expand: readonly string[], account?: Account): unknown {
  const copy = JSON.parse(JSON.stringify(object)) as Json;
  for (const path of expand) if (account) expandPath(copy, path.split('.'), account, path);
  hide(copy, new Set(expand.map((path) => path.split('.').at(-1)!)));
  return copy;
}

function hide(value: Json, asked: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) hide(item, asked);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (value.object === 'invoice') cutLines(value);
  for (const [key, item] of Object.entries(value)) {
    const hidden =
      (value.object === 'price' && key === 'tiers') ||
      (value.object === 'invoice' && key === 'payments');
    if (hidden && onRequest.has(key) && !asked.has(key)) delete value[key];
    else hide(item, asked);
  }
}

function cutLines(invoice: { [key: string]: Json }): void {
  const lines = invoice.lines as { data: Json[]; has_more: boolean };
  if (lines.data.length <= embeddedLines) return;
  lines.data = lines.data.slice(0, embeddedLines);
  lines.has_more = true;
}

const kindOfPrefix = {
  cus: 'customer',
  prod: 'product',
  price: 'price',
  mtr: 'meter',
  pm: 'payment method',
  sub: 'subscription',
  in: 'invoice',
  ii: 'invoice item',
  pi: 'payment intent',
  cn: 'credit note',
  re: 'refund',
  cs: 'checkout session',
  clock: 'test clock',
} as const;

function expandPath(value: Json, path: string[], account: Account, whole: string): void {
  if (Array.isArray(value)) {
    for (const item of value) expandPath(item, path, account, whole);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const [key, ...rest] = path;
  const found = value[key!];
  if (found === undefined) {
    if (onRequest.has(key!) || rest.length === 0) return;
    throw invalid(`This property cannot be expanded (${key}).`, `expand[${whole}]`);
  }
  if (typeof found === 'string') {
    const prefix = found.slice(0, found.indexOf('_')) as keyof typeof kindOfPrefix;
    const kind = kindOfPrefix[prefix];
    const object = kind && account.store.get(kind, found);
    if (!object) throw invalid(`This property cannot be expanded (${key}).`, `expand[${whole}]`);
    value[key!] = JSON.parse(JSON.stringify(object)) as Json;
  }
  if (rest.length > 0) expandPath(value[key!]!, rest, account, whole);
}
