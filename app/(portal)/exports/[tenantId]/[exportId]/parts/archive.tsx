import { exportTexts } from '#app/_texts/exports.ts';
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
    <div className="grid content-start gap-x-10 gap-y-6 px-4 pb-8 sm:px-6 wide:grid-cols-[minmax(0,1fr)_20.5rem]">
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
              {plural(items, 'item is', 'items are')} in the ZIP.
              {whole ? '' : ` ${formatCount(failed)} could not be read.`}
            </p>
          </div>
          <p className="mt-1.5 text-ink-2">
            Mail as .eml, events and tasks as .ics, contacts as .vcf, in the folders of the mailbox.
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          {refused === null ? (
            <a
              href={paths.exportFile(archive.tenantId, archive.id)}
              className={buttonClass('primary', 'max-sm:w-full')}
            >
              <Icon name="download" className="size-4" />
              {exportTexts.download(formatBytes(archive.bytes))}
            </a>
          ) : (
            <ReasonButton name={exportTexts.download(formatBytes(archive.bytes))} reason={refused}>
              <Icon name="download" className="size-4" />
              {exportTexts.download(formatBytes(archive.bytes))}
            </ReasonButton>
          )}
          {archive.expiresAt ? (
            <p className="text-sm text-ink-2">
              <TimeIn say={exportTexts.keptThen} at={archive.expiresAt} />
            </p>
          ) : null}
        </div>
        <Section title="What it holds">
          <dl className="facts border-t border-line pt-3">
            <dt>Taken from</dt>
            <dd>
              {archive.mailboxName}
              {archive.takenAt ? <TimeIn say={exportTexts.copyOf} at={archive.takenAt} /> : null}
            </dd>
            <dt>Chosen</dt>
            <dd>
              {selectionWords(archive)}
              {archive.selection.kind === 'items' ? '' : `, ${plural(archive.total, 'item')}`}
            </dd>
            <dt>Files</dt>
            <dd>
              {plural(items, 'item')} and manifest.json, which names every file with its size and
              SHA-256
            </dd>
            <dt>Size</dt>
            <dd>{formatBytes(archive.bytes)} as a ZIP</dd>
            {archive.sha256 ? (
              <>
                <dt>SHA-256</dt>
                <dd>
                  <code className="font-mono text-xs break-all">{archive.sha256}</code>
                </dd>
              </>
            ) : null}
          </dl>
        </Section>
        {failures.length > 0 ? (
          <Section
            title={`${formatCount(failed)} that could not be read`}
            note={
              failures.length < failed
                ? `the first ${formatCount(failures.length)}; the manifest names all`
                : 'the manifest names them, too'
            }
          >
            <ul className="text-sm">
              {failures.map((failure) => (
                <li
                  key={failure.itemId}
                  className="flex min-h-row flex-wrap items-center gap-x-4 border-b border-line py-1"
                >
                  <Status kind="fail">left out</Status>
                  <span className="min-w-0 flex-1 truncate">
                    {failure.subject || '(no subject)'}
                  </span>
                  <span className="basis-full text-ink-2">{failure.sentence}</span>
                </li>
              ))}
            </ul>
          </Section>
        ) : null}
      </div>
      <aside className="space-y-6">
        <Section title="What happened">
          <dl className="grid grid-cols-[6.5rem_1fr] gap-y-2 text-sm">
            <dt className="text-ink-2">
              <Time at={archive.createdAt} as="short" />
            </dt>
            <dd>Asked for</dd>
            {archive.endedAt ? (
              <>
                <dt className="text-ink-2">
                  <Time at={archive.endedAt} as="short" />
                </dt>
                <dd>ZIP complete, each file compared with its hash</dd>
              </>
            ) : null}
          </dl>
        </Section>
        <hr className="border-line" />
        <Section title="Who can read it">
          <p className="text-sm text-ink-2">
            The ZIP is not encrypted: whoever has it can read the mail. Each download is noted in
            the audit log.
          </p>
        </Section>
      </aside>
    </div>
  );
}
