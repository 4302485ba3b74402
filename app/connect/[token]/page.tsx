import type { Metadata } from 'next';
import { signedIn } from '#app/_server/context.ts';
import { connectContext } from '#app/_server/deps.ts';
import { askAsStranger } from '#app/_server/strangers.ts';
import { reading } from '#app/_server/viewer.ts';
import { connectTexts } from '#app/_texts/connect.ts';
import { Notice } from '#app/_ui/notice.tsx';
import { isAppError } from '#lib/core/errors.ts';
import { lookAtLink } from '#lib/services/connect/look.ts';
import { isRefusalCode } from '#lib/services/connect/refusals.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';
import { ConnectFrame } from '../parts/frame.tsx';
import { RefusalNotice } from '../parts/refusal-notice.tsx';
import { Asking } from './parts/asking.tsx';
import { Checking } from './parts/checking.tsx';

export const metadata: Metadata = { title: connectTexts.title };

/** For the customer's administrator: what do I agree to? */
export default async function ConnectPage({
  params,
  searchParams,
}: {
  params: Promise<{ token: string }>;
  searchParams: Promise<{ code?: string }>;
}) {
  const token = decodeURIComponent((await params).token);
  const { code = '' } = await searchParams;
  const user = await signedIn();
  const view = await look(token, user?.subject ?? null);
  if (view === null) {
    return (
      <ConnectFrame mspName={null}>
        <h1 className="mb-5 text-xl font-semibold">{connectTexts.stopped}</h1>
        <RefusalNotice refusal={{ code: 'damaged', facts: {} }} view={null} />
      </ConnectFrame>
    );
  }
  if (typeof view === 'string') {
    return (
      <ConnectFrame mspName={null}>
        <h1 className="mb-5 text-xl font-semibold">{connectTexts.stopped}</h1>
        <Notice tone="late" title={view} />
      </ConnectFrame>
    );
  }
  const { now } = await reading();
  const settled = view.step === 'checking' || view.step === 'connected';
  // A return that changed nothing is told by its code alone; the link's own refusal wins.
  const names = { mspName: view.mspName, customerName: view.customerName };
  const refusal = view.refusal ?? (isRefusalCode(code) ? { code, facts: names } : null);
  return (
    <ConnectFrame mspName={view.mspName}>
      {refusal && !settled ? (
        <div className="mb-6">
          <RefusalNotice refusal={refusal} view={view} />
        </div>
      ) : null}
      {settled ? (
        <Checking view={view} token={token} now={now} />
      ) : (
        <Asking
          view={view}
          token={token}
          user={user}
          over={refusal?.code === 'expired' || refusal?.code === 'used'}
        />
      )}
    </ConnectFrame>
  );
}

/** Null for a token that is not ours; a sentence where nobody looks at the moment. */
async function look(token: string, subject: string | null): Promise<ConnectView | string | null> {
  try {
    const ctx = await connectContext();
    return await askAsStranger(token, () => lookAtLink(ctx, { token, subject }));
  } catch (err) {
    if (isAppError(err, 'consent.refused')) return null;
    if (isAppError(err, 'too-many')) return err.message;
    throw err;
  }
}
