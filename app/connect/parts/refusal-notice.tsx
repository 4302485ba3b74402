import { Notice } from '#app/_ui/notice.tsx';
import type { RefusalCode } from '#lib/services/connect/refusals.ts';

/** Not every stop is a refusal: some are over by themselves, one comes after the connection. */
const titles: Partial<Record<RefusalCode, string>> = {
  'not-active-yet': 'Approved. Waiting for Microsoft',
  'no-mailboxes': 'Connected, and nothing to protect yet',
  'restore-app-missing': 'Restoring is not approved yet',
  'linked-here': 'Connected already',
};

/** The same words for both sides; the code is small, for whoever asks for help. */
export function RefusalNotice({ refusal }: { refusal: { code: RefusalCode; sentence: string } }) {
  const title = titles[refusal.code];
  return (
    <Notice
      tone={title === undefined ? 'fail' : 'late'}
      title={title ?? 'Not connected. Nothing was changed.'}
      alert
    >
      <p>{refusal.sentence}</p>
      <p className="mt-1 font-mono text-xs text-ink-3">{refusal.code}</p>
    </Notice>
  );
}
