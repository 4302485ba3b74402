import { requireContext } from '#app/_server/context.ts';
import { part } from '#app/_server/failures.ts';
import { restoreTexts } from '#app/_texts/restores.ts';
import { Section } from '#app/_ui/section.tsx';
import { PartFailed } from '#app/_ui/states.tsx';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { restoreItems } from '#lib/services/restores/items.ts';

const texts = restoreTexts.lines;

const linesShown = 20;

/** The first items of a plan, each with what is done with it. */
export async function PlanLines({
  restore,
  total,
}: {
  restore: { tenantId: string; restoreId: string };
  total: number;
}) {
  const page = await part(restoreItems(await requireContext(), { ...restore, limit: linesShown }));
  if (page.failed !== null) return <PartFailed what={texts.what} reference={page.failed} />;
  const { items } = page.view;
  if (items.length === 0) return null;
  return (
    <Section title={texts.plan} note={texts.of(formatCount(items.length), formatCount(total))}>
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
    </Section>
  );
}
