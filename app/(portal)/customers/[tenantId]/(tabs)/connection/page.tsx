import type { Metadata } from 'next';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { customerTexts } from '#app/_texts/customer.ts';
import { Act } from '#app/_ui/act.tsx';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import type { EntraApp } from '#db/enums.ts';
import { connectStatus } from '#lib/services/connect/status.ts';
import type { CustomerView } from '#lib/services/customers/view.ts';
import { sendNewLink } from '../../actions.ts';
import { theCustomer } from '../../parts/customer.ts';
import { permissionsOf } from '../../parts/permissions.ts';
import { Leaving } from './parts/leaving.tsx';

export const metadata: Metadata = { title: customerTexts.titles.connection };

const texts = customerTexts.connection;

/** May we still do what we have to, and what proved it? */
export default async function ConnectionPage({
  params,
}: {
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  const customer = await theCustomer(tenantId);
  const link = await load(connectStatus(await requireContext(), { tenantId }));
  return (
    <div className="max-w-220 space-y-8 px-4 py-4 sm:px-6">
      <App customer={customer} app="backup" />
      <App customer={customer} app="restore" />
      <Section title={texts.off.title}>
        <p className="max-w-160 text-sm text-ink-2">{texts.off.text}</p>
      </Section>
      <Leaving customer={customer} />
      <dl className="facts grid-cols-[12rem_1fr]! max-sm:grid-cols-1!">
        <dt>{texts.organisation}</dt>
        <dd className="font-mono text-xs">{customer.entraTid ?? customerTexts.aside.none}</dd>
        <dt>{texts.certificate}</dt>
        <dd>{texts.certificateNote}</dd>
        {link === null ? null : (
          <>
            <dt>{texts.link}</dt>
            <dd>
              <ButtonLink href={paths.customerConnecting(tenantId)}>{texts.openLink}</ButtonLink>
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

async function App({ customer, app }: { customer: CustomerView; app: EntraApp }) {
  const link = customer.connections.find((it) => it.app === app);
  const left = customer.state === 'disconnected';
  const works = link?.state === 'connected' && customer.state !== 'consent-lost';
  const lost = link?.state === 'lost' || (app === 'backup' && customer.state === 'consent-lost');
  const refused = await whyNot('customers.connect');
  const word = works
    ? texts.again
    : app === 'backup' && link !== undefined
      ? texts.repairBackup
      : texts.repairRestore;
  const lines = permissionsOf(app, link);
  return (
    <Section
      title={texts[app]}
      note={
        left
          ? link && texts.unused
          : app === 'backup'
            ? texts.backupNote
            : works
              ? undefined
              : texts.restoreNote
      }
    >
      <div className="space-y-3">
        {lost ? (
          <Notice tone="fail" title={texts.lost}>
            {link?.lostAt ? <Time at={link.lostAt} /> : null}
          </Notice>
        ) : null}
        {link === undefined ? (
          <p className="text-sm">
            <Status kind="unknown">{texts.notApproved}</Status>
          </p>
        ) : (
          <table className="list">
            <thead>
              <tr>
                <th scope="col">{texts.columns.permission}</th>
                <th scope="col" className="max-sm:hidden">
                  {texts.columns.proof}
                </th>
                <th scope="col" className="num">
                  {texts.columns.at}
                </th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ role, words, proof, grantedAt }) => (
                <tr key={role}>
                  <td>
                    <Status
                      kind={
                        left
                          ? 'off'
                          : lost
                            ? 'fail'
                            : proof
                              ? 'done'
                              : grantedAt
                                ? 'wait'
                                : 'unknown'
                      }
                    >
                      <span className="whitespace-normal text-ink">{words}</span>
                    </Status>
                    <span className="block pl-5.5 font-mono text-xs break-all text-ink-3">
                      {role}
                    </span>
                    <span className="block pb-1 pl-5.5 text-xs text-ink-2 sm:hidden">
                      {proof ? (texts.calls[proof.name] ?? proof.name) : texts.notProved}
                    </span>
                  </td>
                  <td className="text-ink-2 max-sm:hidden">
                    {proof ? (texts.calls[proof.name] ?? proof.name) : texts.notProved}
                  </td>
                  <td className="num">
                    {proof ? (
                      <Time at={proof.provedAt} as="short" />
                    ) : grantedAt ? (
                      <span className="text-ink-3">
                        <Time at={grantedAt} as="short" />
                      </span>
                    ) : (
                      <span className="text-ink-3">–</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {!left && link !== undefined && lines.some(({ proof }) => proof === null) ? (
          <p className="text-xs text-ink-3">{texts.notProvedNote}</p>
        ) : null}
        {left ? null : (
          <div className="flex flex-wrap gap-2">
            {refused === null ? (
              <Act action={sendNewLink} fields={{ tenantId: customer.id, app }}>
                {word}
              </Act>
            ) : (
              <ReasonButton name={word} reason={refused}>
                {word}
              </ReasonButton>
            )}
          </div>
        )}
      </div>
    </Section>
  );
}
