import type { Metadata } from 'next';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { exportTexts as texts } from '#app/_texts/exports.ts';
import { frameTexts } from '#app/_texts/frame.ts';
import { Act } from '#app/_ui/act.tsx';
import { Chip } from '#app/_ui/chip.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { getExport } from '#lib/services/exports/get.ts';
import { listFoldersOfAllCopies } from '#lib/services/folders/list-ever.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { folderPath } from '../../../customers/[tenantId]/mailboxes/[mailboxId]/parts/folders.ts';
import { whyNoExport } from '../../parts/why-no-export.ts';
import { exportAgain } from './actions.ts';
import { ArchivePage } from './parts/archive.tsx';
import type { NamedExport } from './parts/named-export.ts';
import { PackingPage } from './parts/packing.tsx';

export const metadata: Metadata = { title: texts.title };

/** A selection on its way into a ZIP; then what the ZIP holds, and the ZIP. */
export default async function ExportPage({
  params,
}: {
  params: Promise<{ tenantId: string; exportId: string }>;
}) {
  const { tenantId, exportId } = await params;
  const ctx = await requireContext();
  const archive = await load(loadNamed(ctx, { tenantId, exportId }));
  const { now } = await reading();
  const refused = await whyNoExport();
  const again =
    refused === null ? (
      <Act
        action={exportAgain}
        fields={{ tenantId, exportId }}
        weight="primary"
        className="max-sm:w-full"
      >
        {texts.again}
      </Act>
    ) : (
      <ReasonButton name={texts.again} reason={refused}>
        {texts.again}
      </ReasonButton>
    );

  return (
    <>
      <TopBar
        crumbs={[
          { label: frameTexts.names.customers, href: paths.customers() },
          { label: archive.tenantName, href: paths.customer(tenantId) },
          {
            label: archive.mailboxName,
            href: paths.mailbox(tenantId, archive.mailboxId, { at: archive.sequence }),
          },
          { label: texts.title },
        ]}
        chip={archive.initials}
        title={texts.from(archive.mailboxName)}
      />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-4 max-sm:pt-3 max-sm:pb-2 sm:px-6">
        <span className="max-sm:hidden">
          <Chip text={archive.initials} />
        </span>
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.from(archive.mailboxName)}</h1>
        <p className="text-sm text-ink-2">{archive.tenantName}</p>
      </div>
      {archive.state === 'queued' || archive.state === 'running' ? (
        <PackingPage archive={archive} now={now} refused={refused} />
      ) : null}
      {archive.state === 'done' ? <ArchivePage archive={archive} refused={refused} /> : null}
      {archive.state === 'expired' ? (
        <div className="max-w-205 space-y-4 px-4 pb-8 sm:px-6">
          <Notice title={texts.expired} icon="clock">
            {archive.expiresAt ? <TimeIn say={texts.keptUntil} at={archive.expiresAt} /> : null}{' '}
            {texts.expiredNote}
          </Notice>
          {again}
        </div>
      ) : null}
      {archive.state === 'cancelled' ? (
        <div className="max-w-205 space-y-4 px-4 pb-8 sm:px-6">
          <Notice title={texts.cancelled} icon="ban">
            {texts.cancelledNote}
          </Notice>
          {again}
        </div>
      ) : null}
      {archive.state === 'failed' ? (
        <div className="max-w-205 space-y-4 px-4 pb-8 sm:px-6">
          <Notice tone="fail" title={texts.failed} alert>
            {archive.refusal} {texts.failedNote}
          </Notice>
          {again}
        </div>
      ) : null}
    </>
  );
}

async function loadNamed(
  ctx: ServiceContext,
  key: { tenantId: string; exportId: string },
): Promise<NamedExport> {
  const { tenantId } = key;
  const archive = await getExport(ctx, key);
  const { mailboxId, sequence, selection } = archive;
  const [customer, mailbox, folders] = await Promise.all([
    getCustomer(ctx, { tenantId }),
    getMailbox(ctx, { tenantId, mailboxId }),
    selection.kind === 'folder' && (await whyNot('content.read')) === null
      ? listFoldersOfAllCopies(ctx, { tenantId, mailboxId })
      : null,
  ]);
  return {
    ...archive,
    tenantId,
    tenantName: customer.name,
    initials: customer.initials,
    mailboxName: mailbox.name,
    takenAt: mailbox.snapshots.find((snapshot) => snapshot.sequence === sequence)?.takenAt ?? null,
    folder:
      selection.kind === 'folder' && folders !== null
        ? folderPath(folders, selection.folderId)
        : null,
  };
}
