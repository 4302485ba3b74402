import type { Metadata } from 'next';
import { load } from '#app/_server/failures.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Icon, Spinner } from '#app/_ui/icon.tsx';
import { Live } from '#app/_ui/live.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { getExport } from '#lib/services/exports/get.ts';
import type { ExportView } from '#lib/services/exports/view.ts';
import { exportStamp } from '../../../(portal)/exports/parts/export-state.ts';
import { ActBar, bigAct, Column, pageTitle } from '../../parts/column.tsx';
import { home } from '../../parts/home.ts';

const texts = myTexts.download;

export const metadata: Metadata = { title: texts.title };

/** A file on its way, and then the file. */
export default async function MyDownloadPage({
  params,
}: {
  params: Promise<{ exportId: string }>;
}) {
  const { exportId } = await params;
  const { ctx, viewer } = await home();
  const { tenantId } = viewer;
  const file = await load(getExport(ctx, { tenantId, exportId }));
  switch (file.state) {
    case 'queued':
    case 'running':
      return (
        <Column className="space-y-3">
          <Spinner className="size-8 text-run-mark" />
          <h1 className={pageTitle}>{texts.packing}</h1>
          {file.total > 0 ? (
            <p className="text-ink-2">
              {texts.packingCount(formatCount(file.items), formatCount(file.total))}
            </p>
          ) : null}
          <p className="text-ink-2">{texts.packingNote}</p>
          <Live
            from={paths.exportProgress(tenantId, exportId)}
            stamp={exportStamp(file)}
            text={myTexts.restore.live}
          />
        </Column>
      );
    case 'done':
      return <Ready file={file} href={paths.exportFile(tenantId, exportId)} />;
    default:
      return (
        <Column className="space-y-4">
          <h1 className={pageTitle}>{file.state === 'expired' ? texts.expired : texts.failed}</h1>
          {file.refusal ? (
            <Notice tone="fail" alert>
              {file.refusal}
            </Notice>
          ) : null}
          <p className="text-ink-2">
            {file.state === 'expired' ? texts.expiredNote : texts.failedNote}
          </p>
        </Column>
      );
  }
}

function Ready({ file, href }: { file: ExportView; href: string }) {
  return (
    <>
      <Column className="space-y-4">
        <span
          aria-hidden
          className="flex size-12 items-center justify-center rounded-full bg-ok-tint text-ok-mark"
        >
          <Icon name="check" className="size-5" />
        </span>
        <h1 className={pageTitle}>{texts.ready(file.items)}</h1>
        <p className="text-ink-2">{texts.readyNote}</p>
        {file.failed > 0 ? <Notice tone="late">{texts.failedCount(file.failed)}</Notice> : null}
        <p className="flex items-start gap-3 text-base text-ink-2">
          <Icon name="eye" className="mt-0.5 size-4 text-ink-3" />
          {texts.notEncrypted}
        </p>
        {file.expiresAt ? (
          <p className="flex items-start gap-3 text-base text-ink-2">
            <Icon name="clock" className="mt-0.5 size-4 text-ink-3" />
            <span>
              {texts.kept}
              <Time at={file.expiresAt} />
            </span>
          </p>
        ) : null}
      </Column>
      <ActBar>
        <a href={href} className={bigAct}>
          <Icon name="download" className="size-4" />
          {texts.act(formatBytes(file.bytes))}
        </a>
      </ActBar>
    </>
  );
}
