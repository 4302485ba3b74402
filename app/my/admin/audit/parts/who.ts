import { myTexts } from '#app/_texts/my.ts';
import type { AuditView } from '#lib/services/audit/list.ts';

const texts = myTexts.audit;

interface Reader {
  subject: string;
  mspName: string;
}

/** Accounts of one organisation begin alike. */
function organisationOf(subject: string): string {
  return subject.slice(0, subject.indexOf('.') + 1);
}

/** Somebody, or a program, of the MSP; nobody of the customer's own. */
export function isOfProvider(event: AuditView, subject: string): boolean {
  if (event.actorKind === 'key') return true;
  return event.actorKind === 'user' && !event.actor.startsWith(organisationOf(subject));
}

/** Who did it, by name where there is one. */
export function whoOf(event: AuditView, { subject, mspName }: Reader): string {
  if (event.actor === subject) return texts.you;
  if (event.actorKind === 'key') return texts.program(mspName);
  if (event.actorKind !== 'user') return texts.machine;
  if (isOfProvider(event, subject)) {
    return event.actorLabel === null
      ? texts.somebody(mspName)
      : texts.named(event.actorLabel, mspName);
  }
  return event.actorLabel ?? texts.somebody(texts.yours);
}
