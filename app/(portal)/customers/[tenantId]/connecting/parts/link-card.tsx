import type { ReactNode } from 'react';
import { connectTexts } from '#app/_texts/connect.ts';
import { Act } from '#app/_ui/act.tsx';
import { buttonClass } from '#app/_ui/button.tsx';
import { CopyButton } from '#app/_ui/copy-button.tsx';
import { QrCode } from '#app/_ui/qr-code.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Card } from '#app/_ui/section.tsx';
import { Time } from '#app/_ui/time.tsx';
import type { ConnectView } from '#lib/services/connect/view.ts';
import { sendNewLink } from '../../actions.ts';

const texts = connectTexts.link;

/** The link itself, as long as this browser may show it, and what became of it. */
export function LinkCard({
  tenantId,
  status,
  link,
  works,
  refused,
  until,
}: {
  tenantId: string;
  status: ConnectView;
  /** Null once it is over, or where another browser made it. */
  link: string | null;
  works: boolean;
  /** Why whoever looks may not make links; null when they may. */
  refused: string | null;
  until: string;
}) {
  const used = status.step === 'connected';
  const readingWorks = status.connected.includes('backup');
  const state = used ? texts.used : !works ? texts.over : readingWorks ? texts.again : texts.once;
  return (
    <Card title={texts.title} note={state}>
      {link === null ? null : <Send link={link} mspName={status.mspName} until={until} />}
      <dl className="facts mt-3">
        <Fact name={texts.sent}>
          <Time at={status.sentAt} />
          {status.requestedBy ? `, ${texts.by(status.requestedBy)}` : ''}
        </Fact>
        <Fact name={texts.opened}>
          {status.openedAt ? <Time at={status.openedAt} /> : texts.notOpened}
        </Fact>
        {status.approvedAt ? (
          <Fact name={texts.approved}>
            <Time at={status.approvedAt} />
          </Fact>
        ) : null}
        <Fact name={texts.usedAt}>
          {status.usedAt ? <Time at={status.usedAt} /> : texts.notOpened}
        </Fact>
        {used ? null : (
          <Fact name={works ? texts.until : texts.ended}>
            <Time at={status.expiresAt} />
          </Fact>
        )}
      </dl>
      {used ? null : (
        <div className="mt-3 flex flex-wrap gap-2">
          {refused === null ? (
            <Act action={sendNewLink} fields={{ tenantId }}>
              {texts.fresh}
            </Act>
          ) : (
            <ReasonButton name={texts.fresh} reason={refused}>
              {texts.fresh}
            </ReasonButton>
          )}
        </div>
      )}
    </Card>
  );
}

function Send({ link, mspName, until }: { link: string; mspName: string; until: string }) {
  const mail = `mailto:?subject=${encodeURIComponent(texts.subject(mspName))}&body=${encodeURIComponent(texts.body(mspName, link, until))}`;
  return (
    <div className="space-y-3">
      <p
        data-testid="connect-link"
        className="rounded-md border border-line bg-canvas px-3 py-2 font-mono text-xs break-all text-ink-2"
      >
        {link}
      </p>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={link} label={texts.copy} />
        <a href={mail} className={buttonClass()}>
          {texts.mail}
        </a>
      </div>
      <p className="text-sm text-ink-2">{texts.send}</p>
      <figure>
        <QrCode text={link} label={texts.qr} />
        <figcaption className="mt-1.5 text-xs text-ink-3">{texts.scan}</figcaption>
      </figure>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
