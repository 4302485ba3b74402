import { myTexts } from '#app/_texts/my.ts';
import type { AuditView } from '#lib/services/audit/list.ts';

const texts = myTexts.audit;

/** Entries that tell of mail that was seen, moved or carried away. */
export function lookedAt({ action }: AuditView): boolean {
  return Object.hasOwn(texts.did, action);
}

/** What was done, as the sentence goes on after a name. */
export function sentenceOf({ action, facts, mailboxName, targetName }: AuditView): string {
  const say = texts.did[action as keyof typeof texts.did];
  const number = facts.hits ?? facts.write ?? facts.items;
  return say({
    mailbox: mailboxName,
    target: targetName,
    count: typeof number === 'number' ? number : 0,
  });
}
