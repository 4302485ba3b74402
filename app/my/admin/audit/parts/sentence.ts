import { myTexts } from '#app/_texts/my.ts';
import type { AuditView } from '#lib/services/audit/list.ts';

const texts = myTexts.audit;

/** Entries that tell of mail that was seen, moved or carried away. */
export function lookedAt({ action }: AuditView): boolean {
  return action in texts.did;
}

/** What was done, as the sentence goes on after a name. */
export function sentenceOf(event: AuditView, mailboxes: ReadonlyMap<string, string>): string {
  const say = texts.did[event.action as keyof typeof texts.did];
  const name = (id: unknown) => mailboxes.get(String(id ?? '')) ?? null;
  const { facts } = event;
  const number = (value: unknown) => (typeof value === 'number' ? value : 0);
  return say({
    mailbox: name(facts.mailboxId),
    target: facts.targetMailboxId === facts.mailboxId ? null : name(facts.targetMailboxId),
    count: number(facts.hits ?? facts.write ?? facts.items),
  });
}
