import { requireContext } from '#app/_server/context.ts';
import { part } from '#app/_server/failures.ts';
import { restoreTexts } from '#app/_texts/restores.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Section } from '#app/_ui/section.tsx';
import { PartFailed } from '#app/_ui/states.tsx';
import { Status } from '#app/_ui/status.tsx';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { restoreItems } from '#lib/services/restores/items.ts';

const texts = restoreTexts.lines;

interface Key {
  tenantId: string;
  restoreId: string;
}

/** More lines than anybody reads on one page. */
const linesShown = 200;

/** What was not put back, each with why. */
export async function FailedLines({
  restore,
  failed,
  after,
}: {
  restore: Key;
  failed: number;
  after: number;
}) {
  const page = await part(
    restoreItems(await requireContext(), {
      ...{ ...restore, after, limit: linesShown },
      onlyProblems: true,
    }),
  );
  if (page.failed !== null) return <PartFailed what={texts.what} reference={page.failed} />;
  const { items, next } = page.view;
  const here = (from?: number) =>
    paths.restoreStep(restore.tenantId, restore.restoreId, 'verify', { failed: from });
  if (items.length === 0) return null;
  return (
    <Section title={texts.failedTitle(formatCount(failed))} note={texts.failedNote}>
      <ul className="text-sm">
        {items.map((item) => (
          <li
            key={item.position}
            className="flex min-h-row flex-wrap items-center gap-x-4 border-b border-line py-1"
          >
            <Status kind="fail">{texts.failed}</Status>
            <span className="min-w-0 flex-1 truncate" title={item.subject}>
              {item.subject || texts.noSubject}
            </span>
            <span className="text-ink-2">{item.path.join(' / ')}</span>
            <span>{formatBytes(item.bytes)}</span>
            {item.reason ? <span className="basis-full text-ink-2">{item.reason}</span> : null}
          </li>
        ))}
      </ul>
      {next !== null || after > 0 ? (
        <p className="flex flex-wrap items-center gap-3 pt-3">
          {after > 0 ? <ButtonLink href={here()}>{texts.first}</ButtonLink> : null}
          {next !== null ? <ButtonLink href={here(next)}>{texts.more}</ButtonLink> : null}
          <span className="text-sm text-ink-2">
            {texts.of(formatCount(items.length), formatCount(failed))}
          </span>
        </p>
      ) : null}
    </Section>
  );
}

/** What there is to delete by hand, should somebody want it gone again. */
export async function WrittenLines({
  restore,
  written,
  replaced,
  after,
}: {
  restore: Key;
  written: number;
  /** Something that was there was replaced. */
  replaced: boolean;
  after: number;
}) {
  const words = restoreTexts.takeBack;
  const page = await part(
    restoreItems(await requireContext(), {
      ...{ ...restore, after, limit: linesShown },
      onlyWritten: true,
    }),
  );
  if (page.failed !== null) return <PartFailed what={texts.what} reference={page.failed} />;
  const { items, next } = page.view;
  const here = (from?: number) =>
    paths.restoreStep(restore.tenantId, restore.restoreId, 'verify', { after: from });
  return (
    <Section title={words.title} note={texts.of(formatCount(items.length), formatCount(written))}>
      <p className="mb-2 max-w-160 text-sm text-ink-2">
        {words.note} {replaced ? words.replaced : words.untouched}
      </p>
      <ul className="text-sm">
        {items.map((item) => (
          <li
            key={item.position}
            className="flex min-h-row flex-wrap items-center gap-x-4 border-b border-line py-1"
          >
            <span className="min-w-0 flex-1 truncate font-medium" title={item.subject}>
              {item.subject || texts.noSubject}
            </span>
            <span className="max-w-80 truncate text-ink-2" title={item.path.join(' / ')}>
              {item.path.join(' / ')}
            </span>
            <span className="text-ink-2 max-sm:hidden">{formatBytes(item.bytes)}</span>
            <span className="w-20 text-right text-xs text-ink-3">{words.written[item.state]}</span>
          </li>
        ))}
      </ul>
      {next !== null || after > 0 ? (
        <p className="flex gap-3 pt-3">
          {after > 0 ? <ButtonLink href={here()}>{texts.first}</ButtonLink> : null}
          {next !== null ? <ButtonLink href={here(next)}>{texts.more}</ButtonLink> : null}
        </p>
      ) : null}
    </Section>
  );
}
