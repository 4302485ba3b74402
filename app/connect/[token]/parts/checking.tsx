import { connectTexts } from '#app/_texts/connect.ts';
import { Live } from '#app/_ui/live.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { TimeIn } from '#app/_ui/time.tsx';
import { plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';
import { connectStamp } from '../../parts/connect-stamp.ts';
import { ConnectSteps } from '../../parts/connect-steps.tsx';
import { RefusalNotice } from '../../parts/refusal-notice.tsx';

const texts = connectTexts.checking;

/** After the approval: the same proofs the provider sees. */
export function Checking({ view, token, now }: { view: ConnectView; token: string; now: Date }) {
  const connected = view.step === 'connected';
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight text-balance max-sm:text-xl">
        {connected ? connectTexts.waiting.connected(view.customerName) : texts.title}
      </h1>
      <p className="mt-1 mb-6 text-lg text-ink-2">{summary(view)}</p>
      <ConnectSteps view={view} large />
      <div className="mt-6 space-y-4">
        {view.refusal ? (
          <RefusalNotice refusal={view.refusal} view={view} />
        ) : connected ? null : (
          <Notice>{texts.patience}</Notice>
        )}
        <div className="rounded-lg border border-line bg-canvas px-4 py-3 text-sm text-ink-2">
          <h2 className="font-semibold text-ink">{texts.stopTitle}</h2>
          <p>{connectTexts.asking.stop(connectTexts.apps.backup)}</p>
        </div>
      </div>
      <p className="mt-4">
        {connected ? null : (
          <Live
            from={paths.connectProgress(token)}
            stamp={connectStamp(view)}
            text={<TimeIn say={texts.live} at={now} as="second" inside />}
          />
        )}
      </p>
    </>
  );
}

function summary({ step, mailboxes }: ConnectView): string {
  if (step !== 'connected') return connectTexts.waiting.mayClose;
  if (mailboxes === 0) return texts.none;
  const found =
    mailboxes === null ? '' : connectTexts.foundThen(plural(mailboxes, 'mailbox', 'mailboxes'));
  return `${found}${texts.run}`;
}
