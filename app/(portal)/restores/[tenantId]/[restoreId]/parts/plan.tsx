import Link from 'next/link';
import { Suspense } from 'react';
import { restorePlanTexts, restoreTexts } from '#app/_texts/restores.ts';
import { Icon } from '#app/_ui/icon.tsx';
import type { IconName } from '#app/_ui/icon-shapes.ts';
import { Section } from '#app/_ui/section.tsx';
import { Rows } from '#app/_ui/skeleton.tsx';
import { Time, TimeIn } from '#app/_ui/time.tsx';
import { plural, span } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import type { PlanPart } from '#lib/services/restores/rules.ts';
import { destinationWords } from './destination.ts';
import type { NamedRestore } from './named-restore.ts';
import { PlanLines, type PlanList, planLinesId } from './plan-lines.tsx';

const texts = restorePlanTexts;

type Plan = NonNullable<NamedRestore['plan']>;

/** A plan is a value: shown first, executed after. */
export function PlanPage({
  restore,
  plan,
  unseen,
  list,
}: {
  restore: NamedRestore;
  plan: Plan;
  /** Why whoever looks may not see what is in the mailbox; null when they may. */
  unseen: string | null;
  /** Which of its items are listed: all, or those that a number counts, and from where on. */
  list: PlanList;
}) {
  const total = plan.write + plan.present + plan.changed + plan.cannot;
  const here = (show: PlanPart) =>
    unseen === null
      ? `${paths.restoreStep(restore.tenantId, restore.id, 'plan', { show })}#${planLinesId}`
      : null;
  return (
    <div className="grid grid-cols-1 content-start gap-x-10 gap-y-6 px-4 pb-6 sm:px-6 wide:grid-cols-[minmax(0,1fr)_20.5rem]">
      <div className="min-w-0 space-y-6">
        <div>
          <p className="text-2xl font-semibold tracking-tight max-sm:text-xl">
            {plan.write === 0
              ? texts.nothing
              : restore.startedAt !== null
                ? texts.toWrite(plural(plan.write, 'item'))
                : texts.willWrite(plural(plan.write, 'item'))}
          </p>
          <p className="mt-1 text-ink-2">
            {restore.takenAt ? <TimeIn say={texts.copyOf} at={restore.takenAt} /> : texts.compared}
            {restore.plannedAt ? <TimeIn say={texts.at} at={restore.plannedAt} as="clock" /> : null}
            {texts.inFolders(plural(total, 'item'), plural(plan.folders.length, 'folder'))}
          </p>
        </div>
        <dl className="grid gap-px overflow-hidden rounded-lg border border-line bg-line max-sm:rounded-none max-sm:border-x-0 sm:grid-cols-4">
          <PlanNumber
            icon="plus"
            value={plan.write}
            words={texts.numbers.write}
            href={here('write')}
          />
          <PlanNumber
            icon="equal"
            value={plan.present}
            words={texts.numbers.present}
            href={here('present')}
          />
          <PlanNumber
            icon="copy"
            value={plan.changed}
            words={texts.numbers.changed}
            href={here('changed')}
          />
          <PlanNumber
            icon="x"
            value={plan.cannot}
            words={texts.numbers.cannot}
            href={here('cannot')}
          />
        </dl>
        <Section title={texts.byFolder}>
          <table className="list">
            <thead>
              <tr>
                <th scope="col">{texts.columns.folder}</th>
                <th scope="col" className="num max-sm:hidden">
                  {texts.columns.copy}
                </th>
                <th scope="col" className="num">
                  {texts.columns.write}
                </th>
                <th scope="col" className="num">
                  {texts.columns.there}
                </th>
                <th scope="col" className="num max-sm:hidden">
                  {texts.columns.changed}
                </th>
                <th scope="col" className="num max-sm:hidden">
                  {texts.columns.cannot}
                </th>
                <th scope="col" className="num max-sm:hidden">
                  {texts.columns.size}
                </th>
              </tr>
            </thead>
            <tbody>
              {plan.folders.map((folder, index) => (
                <tr key={folder.path ?? index}>
                  <td className="font-medium break-words">
                    {folder.path?.replaceAll('/', ' / ') ?? texts.folder(index + 1)}
                  </td>
                  <PlanCell
                    value={folder.write + folder.present + folder.changed + folder.cannot}
                    wide
                  />
                  <PlanCell value={folder.write} />
                  <PlanCell value={folder.present} />
                  <PlanCell value={folder.changed} wide />
                  <PlanCell value={folder.cannot} wide />
                  <td className="num max-sm:hidden">{formatBytes(folder.bytes)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">{plural(plan.folders.length, 'folder')}</th>
                <PlanCell value={total} wide />
                <PlanCell value={plan.write} />
                <PlanCell value={plan.present} />
                <PlanCell value={plan.changed} wide />
                <PlanCell value={plan.cannot} wide />
                <td className="num max-sm:hidden">{formatBytes(plan.bytes)}</td>
              </tr>
            </tfoot>
          </table>
        </Section>
        {unseen === null ? (
          <Suspense
            key={`${list.show} ${list.after}`}
            fallback={<Rows count={Math.min(20, total)} />}
          >
            <PlanLines
              restore={{ tenantId: restore.tenantId, restoreId: restore.id }}
              total={list.show === undefined ? total : plan[list.show]}
              list={list}
            />
          </Suspense>
        ) : (
          <p className="text-sm text-ink-2">{restoreTexts.lines.unseen(unseen)}</p>
        )}
      </div>
      <aside className="space-y-6">
        <Section title={texts.get.title}>
          <dl className="facts">
            <dt>{texts.get.into}</dt>
            <dd>
              <strong className="font-semibold">
                {restore.targetMailboxName}, {restore.tenantName}
              </strong>
              <span className="block text-ink-2">{destinationWords(restore)}</span>
            </dd>
            <dt>{texts.get.takes}</dt>
            <dd>
              {duration(plan)}
              <span className="block text-ink-2">{texts.get.limit}</span>
            </dd>
            <dt>{texts.get.see}</dt>
            <dd>{texts.get.seeNote}</dd>
            <dt>{texts.get.differs}</dt>
            <dd>{texts.get.differsNote}</dd>
          </dl>
        </Section>
        <hr className="border-line" />
        <Section title={texts.this.title}>
          <dl className="facts">
            <dt>{texts.this.made}</dt>
            <dd>{restore.plannedAt ? <Time at={restore.plannedAt} /> : ''}</dd>
            <dt>{texts.this.ages}</dt>
            <dd>{texts.this.agesNote}</dd>
          </dl>
        </Section>
      </aside>
    </div>
  );
}

export function duration(plan: Plan, between = texts.between): string {
  const low = span(plan.durationMinS * 1000);
  const high = span(plan.durationMaxS * 1000);
  return low === high ? texts.about(high) : between(low, high);
}

function PlanNumber({
  icon,
  value,
  words,
  href,
}: {
  icon: IconName;
  value: number;
  words: string;
  /** The items that it counts; null where whoever looks sees none of them. */
  href: string | null;
}) {
  return (
    <div className="flex bg-surface px-4 py-2.5 max-sm:items-center max-sm:gap-3 max-sm:px-0 sm:flex-col-reverse">
      <dt className="flex items-center gap-2 text-xs text-ink-2 max-sm:text-base max-sm:text-ink">
        <Icon name={icon} className="size-3.5" />
        {words}
      </dt>
      <dd className="text-xl font-semibold max-sm:ml-auto max-sm:text-lg">
        {value === 0 || href === null ? (
          formatCount(value)
        ) : (
          <Link href={href} prefetch={false} className="number-link">
            {formatCount(value)}
          </Link>
        )}
      </dd>
    </div>
  );
}

function PlanCell({ value, wide }: { value: number; wide?: boolean }) {
  return (
    <td className={`num ${value === 0 ? 'text-ink-3' : ''} ${wide ? 'max-sm:hidden' : ''}`}>
      {formatCount(value)}
    </td>
  );
}
