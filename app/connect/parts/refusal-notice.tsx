import Link from 'next/link';
import { portalDeps } from '#app/_server/deps.ts';
import { reading } from '#app/_server/viewer.ts';
import { connectTexts } from '#app/_texts/connect.ts';
import { Notice } from '#app/_ui/notice.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { type RefusalCode, refusalSentence } from '#lib/services/connect/refusals.ts';
import type { ConnectView, Refusal } from '#lib/services/connect/view.ts';

const texts = connectTexts.refusals;

/** Not every stop is a refusal: some are over by themselves, one comes after the connection. */
const titles: Partial<Record<RefusalCode, string>> = {
  'not-active-yet': texts.waits,
  'no-mailboxes': texts.noMailboxes,
  'linked-here': texts.linkedHere,
};

/**
 * The same words for both sides; the code is small, for whoever asks for help. Where backups run
 * already it is only restoring that is refused, and the title says so.
 */
export async function RefusalNotice({
  refusal,
  view,
}: {
  refusal: Omit<Refusal, 'sentence'>;
  /** The link that it is about, where there is one. */
  view: Pick<ConnectView, 'app' | 'connected' | 'expiresAt'> | null;
}) {
  const { config } = await portalDeps();
  const { zone, now } = await reading();
  const { code } = refusal;
  const facts = {
    ...refusal.facts,
    ...(view === null ? {} : { expiredAt: createWords(zone, now).moment(view.expiresAt) }),
    ...(config.egressAddresses === null ? {} : { addresses: config.egressAddresses }),
  };
  const restoring = view?.app === 'restore' && view.connected.includes('backup');
  const soft = titles[code];
  return (
    <Notice
      tone={soft === undefined && !restoring ? 'fail' : 'late'}
      title={soft ?? (restoring ? refusalSentence('restore-app-missing') : texts.none)}
      alert
      alone={view === null}
    >
      <p>{refusalSentence(code, facts)}</p>
      {facts.customerId ? (
        <p>
          <Link href={paths.customer(facts.customerId)} prefetch={false} className="quiet-link">
            {texts.openCustomer}
          </Link>
        </p>
      ) : null}
      <p className="mt-1 font-mono text-xs text-ink-2">{code}</p>
    </Notice>
  );
}
