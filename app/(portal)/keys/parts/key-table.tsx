import { keysTexts, scopeTexts } from '#app/_texts/keys.ts';
import { Status, type StatusKind } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { type KeyScope, keyScopes } from '#lib/auth/roles.ts';
import type { KeyState, KeyView } from '#lib/services/keys/view.ts';
import { RevokeKey } from './revoke-key.tsx';

const looks: Record<KeyState, StatusKind> = {
  works: 'ok',
  expired: 'off',
  revoked: 'off',
  'maker-gone': 'none',
};

/** Every key with its beginning, by which people find it in the settings of their programs. */
export function KeyTable({ keys }: { keys: KeyView[] }) {
  const { columns } = keysTexts;
  return (
    <table className="list list-wide">
      <thead>
        <tr>
          <th scope="col" className="w-px pr-4">
            {columns.state}
          </th>
          <th scope="col">{columns.name}</th>
          <th scope="col" className="max-sm:hidden">
            {columns.may}
          </th>
          <th scope="col" className="max-sm:hidden">
            {columns.reaches}
          </th>
          <th scope="col" className="num max-wide:hidden">
            {columns.lastUsed}
          </th>
          <th scope="col" className="num max-wide:hidden">
            {columns.ends}
          </th>
          <th scope="col" className="w-px">
            <span className="sr-only">{columns.act}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <td className="h-14! pr-4">
              <Status kind={looks[key.state]}>{keysTexts.states[key.state]}</Status>
            </td>
            <th scope="row" className="h-14! border-b border-line whitespace-normal!">
              <span className="block text-sm font-medium break-words text-ink">{key.name}</span>
              <span className="block font-normal text-ink-3">
                <code className="font-mono">{key.prefix}…</code>
                <span className="max-sm:hidden"> {keysTexts.madeBy(key.maker)}</span>
                <span className="block sm:hidden">
                  {keysTexts.scopes(key.scopes.length, keyScopes.length)}, {reachOf(key)}
                </span>
                {key.state === 'maker-gone' ? ` ${keysTexts.makerGone}` : ''}
              </span>
            </th>
            <td className="max-sm:hidden" title={key.scopes.map(scopeText).join(', ')}>
              {keysTexts.scopes(key.scopes.length, keyScopes.length)}
              <span className="sr-only">: {key.scopes.map(scopeText).join(', ')}</span>
            </td>
            <td className="max-sm:hidden">{reachOf(key)}</td>
            <td className="num max-wide:hidden">
              {key.lastUsedAt ? (
                <Time at={key.lastUsedAt} as="ago" />
              ) : (
                <span className="text-ink-3">{keysTexts.never}</span>
              )}
            </td>
            <td className="num max-wide:hidden">
              <Ends of={key} />
            </td>
            <td className="text-right">
              {key.state === 'revoked' || key.state === 'expired' ? null : (
                <RevokeKey keyId={key.id} name={key.name} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function reachOf({ customers }: KeyView): string {
  return customers === null
    ? keysTexts.allCustomers
    : keysTexts.customers(customers.map(({ name }) => name));
}

function Ends({ of }: { of: KeyView }) {
  const at = of.revokedAt ?? of.expiresAt;
  if (at !== null) return <Time at={at} as="day" />;
  return <span className="text-ink-3">{keysTexts.noEnd}</span>;
}

const scopeText = (scope: string) => scopeTexts[scope as KeyScope] ?? scope;
