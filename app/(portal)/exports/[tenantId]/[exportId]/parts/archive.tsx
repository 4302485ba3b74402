import { exportTexts as texts } from '#app/_texts/exports.ts';
import { buttonClass } from '#app/_ui/button.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time, TimeIn } from '#app/_ui/time.tsx';
import { plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { type NamedExport, selectionWords } from './named-export.ts';

/** A finished ZIP: what it holds, what it does not, and the ZIP itself. */
export function ArchivePage({
  archive,
  refused,
}: {
  archive: NamedExport;
  /** Why whoever looks may not have it; null when they may. */
  refused: string | null;
}) {
  const { items, failed, failures } = archive;
  const whole = failed === 0;
  return (
    <div className="grid grid-cols-1 content-start gap-x-10 gap-y-6 px-4 pb-8 sm:px-6 wide:grid-cols-[minmax(0,1fr)_20.5rem]">
      <div className="min-w-0 space-y-6">
        <div>
          <div className="flex items-center gap-3">
            <span
              aria-hidden
              className={`flex size-9 shrink-0 items-center justify-center rounded-full ${whole ? 'bg-ok-tint text-ok-mark' : 'bg-late-tint text-late-mark'}`}
            >
              <Icon name={whole ? 'check' : 'alert'} className="size-4" />
            </span>
            <p className="text-2xl font-semibold tracking-tight max-sm:text-xl">
              {texts.holds(plural(items, 'item is', 'items are'))}
              {whole ? '' : texts.missed(formatCount(failed))}
            </p>
          </div>
          <p className="mt-1.5 text-ink-2">{texts.forms}</p>
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          {refused === null ? (
            <a
              href={paths.exportFile(archive.tenantId, archive.id)}
              className={buttonClass('primary', 'max-sm:w-full')}
            >
              <Icon name="download" className="size-4" />
              {texts.download(formatBytes(archive.bytes))}
            </a>
          ) : (
            <ReasonButton name={texts.download(formatBytes(archive.bytes))} reason={refused}>
              <Icon name="download" className="size-4" />
              {texts.download(formatBytes(archive.bytes))}
            </ReasonButton>
          )}
          {archive.expiresAt ? (
            <p className="text-sm text-ink-2">
              <TimeIn say={texts.keptThen} at={archive.expiresAt} />
            </p>
          ) : null}
        </div>
        <Section title={texts.facts.title}>
          <dl className="facts border-t border-line pt-3">
            <dt>{texts.facts.from}</dt>
            <dd>
              {archive.mailboxName}
              {archive.takenAt ? <TimeIn say={texts.copyOf} at={archive.takenAt} /> : null}
            </dd>
            <dt>{texts.facts.chosen}</dt>
            <dd>
              {selectionWords(archive)}
              {archive.selection.kind === 'items'
                ? ''
                : texts.facts.count(plural(archive.total, 'item'))}
            </dd>
            <dt>{texts.facts.files}</dt>
            <dd>{texts.facts.filesOf(plural(items, 'item'))}</dd>
            <dt>{texts.facts.size}</dt>
            <dd>{texts.facts.zip(formatBytes(archive.bytes))}</dd>
            {archive.sha256 ? (
              <>
                <dt>{texts.facts.hash}</dt>
                <dd>
                  <code className="font-mono text-xs break-all">{archive.sha256}</code>
                </dd>
              </>
            ) : null}
          </dl>
        </Section>
        {failures.length > 0 ? (
          <Section
            title={texts.failures.title(formatCount(failed))}
            note={
              failures.length < failed
                ? texts.failures.first(formatCount(failures.length))
                : texts.failures.all
            }
          >
            <ul className="text-sm">
              {failures.map((failure) => (
                <li
                  key={failure.itemId}
                  className="flex min-h-row flex-wrap items-center gap-x-4 border-b border-line py-1"
                >
                  <Status kind="fail">{texts.failures.leftOut}</Status>
                  <span title={failure.subject || undefined} className="min-w-0 flex-1 truncate">
                    {failure.subject || texts.failures.noSubject}
                  </span>
                  <span className="basis-full text-ink-2">{failure.sentence}</span>
                </li>
              ))}
            </ul>
          </Section>
        ) : null}
      </div>
      <aside className="space-y-6">
        <Section title={texts.happened.title}>
          <dl className="grid grid-cols-[8.5rem_1fr] gap-y-2 text-sm">
            <dt className="text-ink-2">
              <Time at={archive.createdAt} as="short" />
            </dt>
            <dd>{texts.happened.asked}</dd>
            {archive.endedAt ? (
              <>
                <dt className="text-ink-2">
                  <Time at={archive.endedAt} as="short" />
                </dt>
                <dd>{texts.happened.complete}</dd>
              </>
            ) : null}
          </dl>
        </Section>
        <hr className="border-line" />
        <Section title={texts.readers.title}>
          <p className="text-sm text-ink-2">{texts.readers.note}</p>
        </Section>
      </aside>
    </div>
  );
}
