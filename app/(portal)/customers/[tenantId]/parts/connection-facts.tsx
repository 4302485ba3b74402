import { Act } from '#app/_ui/act.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Status } from '#app/_ui/status.tsx';
import type { Words } from '#app/_ui/words.ts';
import type { CustomerView, ProofView } from '#lib/services/customers/view.ts';
import { sendNewLink } from '../actions.ts';

/** Each permission with the call that proved it and when. */
export function ConnectionFacts({ customer, words }: { customer: CustomerView; words: Words }) {
  const { backup, restore } = customer.connection;
  return (
    <Section title="Connection">
      <div className="space-y-4">
        <Proofs title="Reading, proved" proofs={backup} words={words} none="not proved yet" />
        <Proofs title="Restoring, proved" proofs={restore} words={words} none="not approved yet" />
        {restore.length === 0 && customer.state === 'connected' ? (
          <div className="space-y-2 text-sm text-ink-2">
            <p>
              Backups run. Restoring needs a second approval by an administrator of the customer.
            </p>
            <div className="flex flex-wrap gap-2">
              <Act action={sendNewLink} fields={{ tenantId: customer.id }}>
                Make a link to approve restoring
              </Act>
            </div>
          </div>
        ) : null}
      </div>
    </Section>
  );
}

function Proofs({
  title,
  proofs,
  words,
  none,
}: {
  title: string;
  proofs: ProofView[];
  words: Words;
  none: string;
}) {
  return (
    <div className="text-sm">
      <h3 className="mb-1 text-xs font-medium text-ink-3">{title}</h3>
      {proofs.length === 0 ? (
        <Status kind="unknown">{none}</Status>
      ) : (
        <ul>
          {proofs.map((proof) => (
            <li key={proof.name} className="flex min-h-7 items-center justify-between gap-2">
              <Status kind="done">
                <span className="whitespace-normal text-ink">{proof.name}</span>
              </Status>
              <span className="text-xs whitespace-nowrap text-ink-3">
                {words.short(proof.provedAt)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
