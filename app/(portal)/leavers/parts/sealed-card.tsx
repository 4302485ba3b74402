import Link from 'next/link';
import { whyNot } from '#app/_server/context.ts';
import { leaversTexts as texts } from '#app/_texts/fleet.ts';
import { partTexts } from '#app/_texts/frame.ts';
import { Act } from '#app/_ui/act.tsx';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import type { LeaverView } from '#lib/services/leavers/get.ts';
import { theCustomer } from '../../customers/[tenantId]/parts/customer.ts';
import { whyNoRestore } from '../../restores/parts/why-no-restore.ts';
import { exportLeaver } from '../actions.ts';
import { leaverSentence } from './leaver-look.ts';

const titles = { safe: texts.safeTitle, gaps: texts.gapsTitle, none: texts.noneTitle };

/** What is kept of one mailbox, as a document, and the ways out of it. */
export async function SealedCard({ leaver }: { leaver: LeaverView }) {
  const { tenantId, mailboxId, snapshot } = leaver;
  const noRestore = await whyNoRestore(await theCustomer(tenantId));
  const noExport = await whyNot('exports.run');
  const total = leaver.kinds.reduce((sum, { count }) => sum + count, 0);
  return (
    <div>
      <article className="rounded-lg border border-line bg-surface p-6 shadow-menu">
        <p className="flex items-center gap-2 text-xs font-medium text-seal-ink">
          <Icon name="archive" className="size-4 text-seal-mark" />
          {texts.certificate}
        </p>
        <h2 className="mt-2 text-xl font-semibold">{titles[leaver.state]}</h2>
        <p className="text-sm text-ink-2">
          <strong className="font-semibold text-ink">{leaver.name}</strong>, {leaver.customer}
        </p>
        <p className="mt-1 text-sm text-ink-2">{leaverSentence(leaver)}</p>
        <dl className="facts mt-4 border-t border-line pt-4">
          <dt>{texts.facts.sealed}</dt>
          <dd>
            <Time at={leaver.sealedAt} />
          </dd>
          <dt>{texts.facts.copy}</dt>
          <dd>{leaver.lastGoodAt ? <Time at={leaver.lastGoodAt} /> : texts.states.none}</dd>
          <dt>{texts.facts.kept}</dt>
          <dd>{texts.facts.keptFor}</dd>
          <dt>{texts.facts.unexplained}</dt>
          <dd>{partTexts.someOf(leaver.withoutCopy, total + leaver.withoutCopy)}</dd>
          <dt>{texts.facts.size}</dt>
          <dd>{formatBytes(leaver.bytes)}</dd>
        </dl>
        {leaver.kinds.length > 0 ? (
          <table className="list mt-4">
            <caption className="sr-only">{texts.facts.total}</caption>
            <tbody>
              {leaver.kinds.map(({ kind, count }) => (
                <tr key={kind}>
                  <th scope="row" className="text-sm! font-normal! text-ink!">
                    {texts.kinds[kind]}
                  </th>
                  <td className="num">{formatCount(count)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">{texts.facts.total}</th>
                <td className="num">
                  <Link
                    href={paths.mailbox(tenantId, mailboxId)}
                    prefetch={false}
                    className="number-link"
                  >
                    {formatCount(total)}
                  </Link>
                </td>
              </tr>
            </tfoot>
          </table>
        ) : null}
        {snapshot ? (
          <dl className="facts mt-4 border-t border-line pt-4">
            <dt>{texts.facts.snapshot}</dt>
            <dd className="font-mono text-xs break-all">{snapshot.id}</dd>
          </dl>
        ) : null}
      </article>
      {snapshot ? (
        <div className="mt-4 flex flex-wrap gap-2">
          {noRestore === null ? (
            <ButtonLink
              href={paths.newRestore({
                customer: tenantId,
                mailbox: mailboxId,
                at: snapshot.sequence,
              })}
              weight="primary"
            >
              {texts.restore}
            </ButtonLink>
          ) : (
            <ReasonButton name={texts.restore} reason={noRestore}>
              {texts.restore}
            </ReasonButton>
          )}
          {noExport === null ? (
            <Act action={exportLeaver} fields={{ tenantId, mailboxId }}>
              {texts.exportAll}
            </Act>
          ) : (
            <ReasonButton name={texts.exportAll} reason={noExport}>
              {texts.exportAll}
            </ReasonButton>
          )}
          <ButtonLink href={paths.mailbox(tenantId, mailboxId)}>{texts.browse}</ButtonLink>
        </div>
      ) : null}
    </div>
  );
}
