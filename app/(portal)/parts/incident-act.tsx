import { use } from 'react';
import { whyNot } from '#app/_server/context.ts';
import { incidentActs as texts } from '#app/_texts/fleet.ts';
import { Act } from '#app/_ui/act.tsx';
import { ButtonLink, type Weight } from '#app/_ui/button.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { paths } from '#app/paths.ts';
import type { Permission } from '#lib/auth/roles.ts';
import type { NotedIncident } from '#lib/services/incidents/gather.ts';
import { backUpNow, sendNewLink } from '../customers/[tenantId]/actions.ts';
import { hrefOfMailboxes } from './mailboxes-of.ts';

type Mend =
  | { word: string; href: string }
  | { word: string; action: typeof sendNewLink; permission: Permission };

/** The one thing to do about an incident. */
export function IncidentAct({
  incident,
  weight = 'secondary',
  className,
}: {
  incident: NotedIncident;
  weight?: Weight;
  className?: string;
}) {
  const tenantId = incident.customers[0]?.id ?? '';
  const mend = mendOf(incident, tenantId);
  if ('href' in mend) {
    return (
      <ButtonLink href={mend.href} weight={weight} {...(className ? { className } : {})}>
        {mend.word}
      </ButtonLink>
    );
  }
  const reason = use(whyNot(mend.permission));
  if (reason !== null) {
    return (
      <ReasonButton name={mend.word} reason={reason}>
        {mend.word}
      </ReasonButton>
    );
  }
  return (
    <Act
      action={mend.action}
      fields={{ tenantId }}
      weight={weight}
      {...(className ? { className } : {})}
    >
      {mend.word}
    </Act>
  );
}

function mendOf(incident: NotedIncident, tenantId: string): Mend {
  const link = { action: sendNewLink, permission: 'customers.connect' } as const;
  const run = (): Mend =>
    incident.runId === null
      ? { word: texts.openCustomer, href: paths.customer(tenantId) }
      : {
          word: texts.openRun,
          href: paths.run(tenantId, incident.runId, { show: 'problems' }),
        };
  switch (incident.kind) {
    case 'consent-lost':
      return { word: texts.repair, ...link };
    case 'restore-not-approved':
      return { word: texts.approve, ...link };
    case 'link-dead':
      return { word: texts.newLink, ...link };
    case 'run-failed':
    case 'mailboxes-failed':
      return run();
    case 'late':
      return incident.reason === 'running'
        ? run()
        : { word: texts.backUp, action: backUpNow, permission: 'backups.run' };
    case 'not-covered':
      return {
        word: texts.openMailboxes,
        href: hrefOfMailboxes(incident),
      };
    case 'leaver':
      return {
        word: texts.review,
        href: paths.leavers({ customer: tenantId, mailbox: incident.mailbox?.id }),
      };
    case 'storage-full':
    case 'storage-low':
      return incident.customers.length === 1
        ? { word: texts.openCustomer, href: paths.customer(tenantId) }
        : { word: texts.openCustomers, href: paths.customers() };
    case 'bill-grows':
      return { word: texts.openMailboxes, href: paths.customerMailboxes(tenantId) };
    case 'billing-held':
    case 'payment-failed':
    case 'meter-refused':
    case 'meter-late':
      return { word: texts.openBilling, href: paths.billing() };
    case 'paused':
      return { word: texts.openCustomer, href: paths.customer(tenantId) };
  }
}
