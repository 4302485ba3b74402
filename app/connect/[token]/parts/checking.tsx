import { Live } from '#app/_ui/live.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { plural, type Words } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';
import { connectStamp } from '../../parts/connect-stamp.ts';
import { ConnectSteps } from '../../parts/connect-steps.tsx';
import { RefusalNotice } from '../../parts/refusal-notice.tsx';

/** After the approval: the same proofs the provider sees. */
export function Checking({
  view,
  token,
  words,
  now,
}: {
  view: ConnectView;
  token: string;
  words: Words;
  now: Date;
}) {
  const connected = view.step === 'connected';
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight max-sm:text-xl">
        {connected
          ? `${view.customerName} is connected`
          : 'Approved. We are checking that it works'}
      </h1>
      <p className="mt-1 mb-6 text-lg text-ink-2">{summary(view)}</p>
      <ConnectSteps view={view} words={words} large />
      <div className="mt-6 space-y-4">
        {view.refusal ? (
          <RefusalNotice refusal={view.refusal} />
        ) : connected ? null : (
          <Notice>
            If Microsoft needs a few minutes, we keep trying. Nothing in your organisation is
            changed.
          </Notice>
        )}
        <div className="rounded-lg border border-line bg-canvas px-4 py-3 text-sm text-ink-2">
          <h2 className="font-semibold text-ink">To stop it at any time</h2>
          <p>
            Entra, Enterprise applications, Holdfast Backup, Delete. The copies stay until your
            contract says otherwise.
          </p>
        </div>
      </div>
      <p className="mt-4">
        {connected ? null : (
          <Live
            from={paths.connectProgress(token)}
            stamp={connectStamp(view)}
            text={`live, ${words.second(now)}`}
          />
        )}
      </p>
    </>
  );
}

function summary({ step, mailboxes }: ConnectView): string {
  if (step !== 'connected') return 'You may close this page; the check goes on without you.';
  if (mailboxes === 0)
    return 'No Exchange Online mailbox was found. Nothing is protected yet; you may close this page.';
  const found = mailboxes === null ? '' : `${plural(mailboxes, 'mailbox', 'mailboxes')} found. `;
  return `${found}Backups run by themselves; you may close this page.`;
}
