import type { Metadata } from 'next';
import { connection } from 'next/server';
import { Notice } from '#app/_ui/notice.tsx';
import { isRefusalCode, refusalSentence } from '#lib/services/connect/refusals.ts';
import { ConnectFrame } from '../parts/frame.tsx';

export const metadata: Metadata = { title: 'Not connected' };

/** For a return that belongs to no link this browser has opened. */
export default async function StoppedPage({
  searchParams,
}: {
  searchParams: Promise<{ code?: string }>;
}) {
  await connection();
  const { code = '' } = await searchParams;
  const known = isRefusalCode(code) ? code : 'damaged';
  return (
    <ConnectFrame mspName={null}>
      <Notice tone="fail" title="Not connected. Nothing was changed." alert>
        <p>{refusalSentence(known)}</p>
        <p className="mt-1 font-mono text-xs text-ink-3">{known}</p>
      </Notice>
    </ConnectFrame>
  );
}
