import { auditTexts } from '#app/_texts/audit.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { Time } from '#app/_ui/time.tsx';
import { plural } from '#app/_ui/words.ts';
import { type AuditList, paths } from '#app/paths.ts';
import { verifyAudit } from '#lib/services/audit/verify.ts';
import type { ServiceContext } from '#lib/services/context.ts';

const texts = auditTexts.proof;
/** Followed at every look; a longer log is on asking. */
const unasked = 5000;
const asked = 2_000_000;

/** Is the log what was written? */
export async function Proof({ ctx, list }: { ctx: ServiceContext; list: AuditList }) {
  const proof = await verifyAudit(ctx, {
    ...(list.customer === undefined ? {} : { tenantId: list.customer }),
    atMost: list.check === 'all' ? asked : unasked,
  });
  const entries = plural(proof.entries, 'entry', 'entries');
  if (proof.isIntact === false) {
    return (
      <Notice tone="fail" title={texts.broken}>
        {texts.brokenNote(String(proof.brokenAt?.seq))}
      </Notice>
    );
  }
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-ink-2">
      {proof.isIntact ? <Icon name="check" className="size-3.5 text-ok-mark" /> : null}
      <span>
        {proof.isIntact ? texts.intact(entries) : texts.unchecked(entries)}
        {proof.since ? (
          <>
            , {texts.since} <Time at={proof.since} as="day" />
          </>
        ) : null}
      </span>
      {proof.isIntact === null ? (
        <a href={paths.audit({ ...list, after: undefined, check: 'all' })} className="quiet-link">
          {texts.check}
        </a>
      ) : null}
    </p>
  );
}
