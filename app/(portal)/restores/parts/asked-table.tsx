import Link from 'next/link';
import type { ReactNode } from 'react';
import { restoreListTexts as texts } from '#app/_texts/restores.ts';
import { Status, type StatusKind } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';

export interface AskedRow {
  id: string;
  look: { kind: StatusKind; word: string };
  href: string;
  mailbox: string;
  /** Beside the mailbox: where it goes, if elsewhere. */
  into?: string | null;
  customer: string;
  /** Narrows the list to the customer; without it the name is a name. */
  customerHref?: string;
  items: ReactNode;
  more: ReactNode;
  createdAt: Date;
}

/** What was asked for of mailboxes of several customers, newest first. */
export function AskedTable({ more, rows }: { more: string; rows: AskedRow[] }) {
  return (
    <table className="list list-wide">
      <thead>
        <tr>
          <th scope="col" className="w-px pr-6">
            {texts.columns.state}
          </th>
          <th scope="col">{texts.columns.mailbox}</th>
          <th scope="col" className="max-sm:hidden">
            {texts.columns.customer}
          </th>
          <th scope="col" className="num max-[24rem]:hidden">
            {texts.columns.items}
          </th>
          <th scope="col" className="num max-sm:hidden">
            {more}
          </th>
          <th scope="col" className="num">
            {texts.columns.asked}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td className="pr-6">
              <Status kind={row.look.kind}>
                <span className="max-[26rem]:sr-only">{row.look.word}</span>
              </Status>
            </td>
            <td>
              <Link
                href={row.href}
                prefetch={false}
                className="font-medium break-words hover:text-accent hover:underline"
              >
                {row.mailbox}
              </Link>
              {row.into ? <span className="ml-2 text-ink-2">{row.into}</span> : null}
              <span className="block text-xs text-ink-2 sm:hidden">
                <span aria-hidden className="min-[26rem]:hidden">
                  {row.look.word},{' '}
                </span>
                {row.customer}
              </span>
            </td>
            <td className="text-ink-2 max-sm:hidden">
              {row.customerHref === undefined ? (
                row.customer
              ) : (
                <Link
                  href={row.customerHref}
                  prefetch={false}
                  title={texts.only(row.customer)}
                  className="hover:text-ink hover:underline"
                >
                  {row.customer}
                </Link>
              )}
            </td>
            <td className="num max-[24rem]:hidden">{row.items}</td>
            <td className="num max-sm:hidden">{row.more}</td>
            <td className="num max-sm:whitespace-normal!">
              <Time at={row.createdAt} as="short" inside />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
