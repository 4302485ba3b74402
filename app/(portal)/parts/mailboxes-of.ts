import { type MailboxesList, paths } from '#app/paths.ts';
import type { Incident } from '#lib/services/incidents/rules.ts';

/** What narrows the list of mailboxes of its customer to those that an incident counts. */
export function mailboxesOf({ kind, cause }: Pick<Incident, 'kind' | 'cause'>): MailboxesList {
  switch (kind) {
    case 'consent-lost':
      return { show: 'stopped' };
    case 'mailboxes-failed':
      return { show: 'failed', cause: cause.slice('mailboxes-failed:'.length) };
    case 'run-failed':
      return { show: 'protected' };
    case 'late':
    case 'paused':
      return { show: 'late' };
    case 'not-covered':
      return { show: 'uncovered' };
    case 'leaver':
      return { show: 'sealed' };
    case 'storage-full':
    case 'storage-low':
    case 'billing-held':
    case 'payment-failed':
    case 'meter-refused':
    case 'meter-late':
    case 'bill-grows':
    case 'restore-not-approved':
    case 'link-dead':
      return {};
  }
}

/** The list with exactly as many lines as an incident says mailboxes. */
export function hrefOfMailboxes(incident: Incident): string {
  const [customer, ...others] = incident.customers;
  if (customer === undefined || others.length > 0) return paths.customers();
  return incident.kind === 'leaver'
    ? paths.leavers({ customer: customer.id, mailbox: incident.mailbox?.id })
    : paths.customerMailboxes(customer.id, mailboxesOf(incident));
}
