import type { Metadata } from 'next';
import { connection } from 'next/server';
import { connectTexts } from '#app/_texts/connect.ts';
import { isRefusalCode } from '#lib/services/connect/refusals.ts';
import { ConnectFrame } from '../parts/frame.tsx';
import { RefusalNotice } from '../parts/refusal-notice.tsx';

export const metadata: Metadata = { title: connectTexts.notConnected };

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
      <h1 className="mb-5 text-xl font-semibold">{connectTexts.stopped}</h1>
      <RefusalNotice refusal={{ code: known, facts: {} }} view={null} />
    </ConnectFrame>
  );
}
