import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { restoreListTexts as texts } from '#app/_texts/restores.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Choices, Narrowed } from '#app/_ui/choices.tsx';
import { Live } from '#app/_ui/live.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Empty, NoMatch } from '#app/_ui/states.tsx';
import { TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths, type RestoresList } from '#app/paths.ts';
import { listAllExports } from '#lib/services/exports/list-all.ts';
import { listAllRestores } from '#lib/services/restores/list-all.ts';
import { stampRestores } from '#lib/services/restores/stamp.ts';
import { DownloadTable } from '../../exports/parts/download-table.tsx';
import { positionOf, positionText } from '../../parts/age-position.ts';
import { oneOf, oneValue, type Query } from '../../parts/query.ts';
import { RestoreTable } from '../parts/restore-table.tsx';

export const metadata: Metadata = { title: texts.title };

const shownAtOnce = 50;

/** Restores of all customers and the downloads below them, newest first; one query each. */
export default async function RestoresPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const show = oneOf(query, 'show', ['open', 'problems', 'done']);
  const customer = oneValue(query, 'customer');
  const group = oneValue(query, 'group');
  const after = oneValue(query, 'after');
  const downloadsAfter = oneValue(query, 'downloads');
  const narrowed: RestoresList = { show, customer, group };
  const ctx = await requireContext();
  const of = { show: show ?? 'all', tenantId: customer, limit: shownAtOnce } as const;
  const [restores, downloads, { stamp }, refused] = await Promise.all([
    load(listAllRestores(ctx, { ...of, groupId: group, after: positionOf(after) })),
    group === undefined
      ? load(listAllExports(ctx, { ...of, after: positionOf(downloadsAfter) }))
      : [],
    load(stampRestores(ctx)),
    whyNot('restores.run'),
  ]);
  const { now } = await reading();
  const isNarrow = show !== undefined || customer !== undefined || group !== undefined;
  const last = restores.length === shownAtOnce ? restores.at(-1) : undefined;
  const lastDownload = downloads.length === shownAtOnce ? downloads.at(-1) : undefined;
  const named = (restores[0] ?? downloads[0])?.customer;

  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
        <Choices
          label={texts.show.label}
          choices={([undefined, 'open', 'problems', 'done'] as const).map((name) => ({
            name: texts.show[name ?? 'all'],
            href: paths.restores({ ...narrowed, show: name }),
            on: show === name,
          }))}
        />
        {customer && named ? (
          <Narrowed
            name={texts.only(named)}
            drop={texts.drop}
            href={paths.restores({ show, group })}
          />
        ) : null}
        {group ? (
          <Narrowed
            name={texts.group}
            drop={texts.drop}
            href={paths.restores({ show, customer })}
          />
        ) : null}
        <span className="ml-auto">
          <Live
            from={paths.restoresProgress()}
            stamp={stamp}
            text={<TimeIn say={texts.newestFirst} at={now} as="clock" inside />}
            everyMs={5000}
            about={['restore', 'export']}
          />
        </span>
        {refused === null ? (
          <ButtonLink
            href={paths.newRestore(customer ? { customer } : {})}
            weight="primary"
            className="max-sm:w-full"
          >
            {texts.begin}
          </ButtonLink>
        ) : (
          <ReasonButton name={texts.begin} reason={refused}>
            {texts.begin}
          </ReasonButton>
        )}
      </div>
      {restores.length > 0 ? (
        <RestoreTable rows={restores} narrowed={narrowed} />
      ) : (
        <div className="px-4 sm:px-6">
          {isNarrow || after ? (
            <NoMatch one={texts.one} clear={paths.restores()} />
          ) : (
            <Empty icon="restore" title={texts.none}>
              {texts.noneNote}
            </Empty>
          )}
        </div>
      )}
      {after || last ? (
        <div className="flex gap-3 px-4 py-4 sm:px-6">
          {after ? <ButtonLink href={paths.restores(narrowed)}>{texts.newest}</ButtonLink> : null}
          {last ? (
            <ButtonLink href={paths.restores({ ...narrowed, after: positionText(last) })}>
              {texts.older}
            </ButtonLink>
          ) : null}
        </div>
      ) : null}
      <DownloadTable rows={downloads} />
      {lastDownload || downloadsAfter ? (
        <p className="px-4 pb-8 text-sm sm:px-6">
          {lastDownload ? (
            <Link
              href={paths.restores({ ...narrowed, downloads: positionText(lastDownload) })}
              prefetch={false}
              className="quiet-link"
            >
              {texts.olderDownloads}
            </Link>
          ) : null}
        </p>
      ) : null}
    </>
  );
}
