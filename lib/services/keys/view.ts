import type { KeyRow } from './store.ts';

export type KeyState = 'works' | 'expired' | 'revoked' | 'maker-gone';

export interface KeyView {
  id: string;
  name: string;
  /** The beginning of its secret. */
  prefix: string;
  state: KeyState;
  scopes: string[];
  /** Null is all of them. */
  customers: { id: string; name: string }[] | null;
  /** Who made it; null where that was the installation itself. */
  maker: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export function isExpired(row: KeyRow, now: Date): boolean {
  return row.expiresAt !== null && row.expiresAt <= now;
}

export function viewKey(
  row: KeyRow,
  about: {
    now: Date;
    maker: string | null;
    makerGone: boolean;
    names: ReadonlyMap<string, string>;
  },
): KeyView {
  const state = () => {
    if (row.revokedAt !== null) return 'revoked';
    if (isExpired(row, about.now)) return 'expired';
    return about.makerGone ? 'maker-gone' : 'works';
  };
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    state: state(),
    scopes: row.scopes,
    customers:
      row.customers?.map((id) => ({ id, name: about.names.get(id) ?? 'Removed customer' })) ?? null,
    maker: about.maker,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    lastUsedAt: row.lastUsedAt,
    revokedAt: row.revokedAt,
  };
}
