import Link from 'next/link';
import { requireContext } from '#app/_server/context.ts';
import { part } from '#app/_server/failures.ts';
import { restoreTexts } from '#app/_texts/restores.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Section } from '#app/_ui/section.tsx';
import { PartFailed } from '#app/_ui/states.tsx';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { restoreItems } from '#lib/services/restores/items.ts';
import type { PlanPart } from '#lib/services/restores/rules.ts';

const texts = restoreTexts.lines;

/** The first that a plan shows by itself, and those of a number that was asked for. */
const linesShown = { first: 20, part: 200 };

export const planLinesId = 'items';

export interface PlanList {
  show: PlanPart | undefined;
  after: number;
}

/** Items of a plan, each with what is done with it: the first, or those that one number counts. */
export async function PlanLines({
  restore,
  total,
  list: { show, after },
}: {
  restore: { tenantId: string; restoreId: string };
  total: number;
  list: PlanList;
}) {
  const few = show === undefined && after === 0;
  const page = await part(
    restoreItems(await requireContext(), {
      ...{ ...restore, part: show, after },
      limit: few ? linesShown.first : linesShown.part,
    }),
  );
  if (page.failed !== null) return <PartFailed what={texts.what} reference={page.failed} />;
  const { items, next } = page.view;
  const here = (list: { show?: PlanPart | undefined; after?: number | undefined }) =>
    `${paths.restoreStep(restore.tenantId, restore.restoreId, 'plan', list)}#${planLinesId}`;
  if (items.length === 0) return null;
  return (
    <Section
      id={planLinesId}
      title={few ? texts.plan : show === undefined ? texts.all : texts.parts[show]}
      note={texts.of(formatCount(items.length), formatCount(total))}
      act={
        show === undefined ? undefined : (
          <Link href={here({})} prefetch={false} className="quiet-link">
            {texts.all}
          </Link>
        )
      }
    >
      <ul className="text-sm">
        {items.map((line) => (
          <li
            key={line.position}
            className="flex min-h-row items-center gap-x-4 border-b border-line py-1"
          >
            <span className="w-24 shrink-0 text-ink-2">{texts.actions[line.action]}</span>
            <span title={line.subject || undefined} className="min-w-0 flex-1 truncate font-medium">
              {line.subject || texts.noSubject}
            </span>
            <span
              title={line.path.join(' / ')}
              className="max-w-60 truncate text-ink-2 max-sm:hidden"
            >
              {line.path.join(' / ')}
            </span>
            <span className="whitespace-nowrap text-ink-2 max-sm:hidden">
              {formatBytes(line.bytes)}
            </span>
            {line.reason ? <span className="text-ink-2">{line.reason}</span> : null}
          </li>
        ))}
      </ul>
      {next !== null || after > 0 ? (
        <p className="flex gap-3 pt-3">
          {after > 0 ? <ButtonLink href={here({ show })}>{texts.first}</ButtonLink> : null}
          {next !== null ? (
            <ButtonLink href={here({ show, after: next })}>{texts.more}</ButtonLink>
          ) : null}
        </p>
      ) : null}
    </Section>
  );
}
