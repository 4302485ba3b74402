import Link from 'next/link';
import { tonightTexts as texts } from '#app/_texts/fleet.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Time } from '#app/_ui/time.tsx';
import { coarse } from '#app/_ui/words.ts';
import type { NotedIncident } from '#lib/services/incidents/gather.ts';
import { IncidentAct } from './incident-act.tsx';
import { IncidentBody } from './incident-body.tsx';
import { incidentLook } from './incident-look.ts';
import { IncidentNotes } from './incident-notes.tsx';
import { incidentWords } from './incident-words.ts';
import { hrefOfMailboxes } from './mailboxes-of.ts';

/** What needs somebody now: one card a cause, the worst with the only primary button. */
export function IncidentList({
  incidents,
  now,
  primary = true,
}: {
  incidents: NotedIncident[];
  now: Date;
  primary?: boolean;
}) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line max-sm:-mx-4 max-sm:rounded-none max-sm:border-x-0">
      {incidents.map((incident, index) => {
        const look = incidentLook(incident.kind);
        const { title, body } = incidentWords(incident, now);
        return (
          <li
            key={`${incident.customers[0]?.id} ${incident.cause}`}
            className="flex gap-3 px-4 py-4"
          >
            <span
              aria-hidden
              className={`flex size-8 shrink-0 items-center justify-center rounded-full ${look.disc}`}
            >
              <Icon name={look.icon} className="size-4" />
            </span>
            <div className="min-w-0 flex-1">
              <h2 className="text-base font-semibold">{title}</h2>
              <p className="mt-0.5 max-w-160 text-sm text-ink-2">
                <IncidentBody text={body} safeUntil={incident.safeUntil} />
              </p>
              <div className="mt-2 flex flex-wrap items-center gap-x-1 gap-y-2">
                <Facts incident={incident} word={look.word} ink={look.ink} now={now} />
                <div className="ml-auto flex flex-wrap items-center justify-end gap-1 max-sm:w-full">
                  <IncidentNotes incident={incident} about={title} />
                  <IncidentAct
                    incident={incident}
                    weight={primary && index === 0 ? 'primary' : 'secondary'}
                    className="max-sm:order-first max-sm:w-full"
                  />
                </div>
              </div>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Facts({
  incident,
  word,
  ink,
  now,
}: {
  incident: NotedIncident;
  word: string;
  ink: string;
  now: Date;
}) {
  const { since, mailboxes, ofMailboxes, note, customers } = incident;
  const [customer] = customers;
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-xs text-ink-2">
      <span className={`font-medium ${ink}`}>{word}</span>
      {since === null ? null : (
        <span>
          {incident.kind === 'leaver' ? texts.noticed : texts.since} <Time at={since} as="short" />
          {incident.kind === 'leaver'
            ? null
            : `, ${texts.forSpan(coarse(now.getTime() - since.getTime()))}`}
        </span>
      )}
      {mailboxes > 0 && customer ? (
        <>
          <Dot />
          <Link
            href={hrefOfMailboxes(incident)}
            prefetch={false}
            className="underline decoration-line-strong underline-offset-2 hover:text-ink"
          >
            {ofMailboxes === null || ofMailboxes === mailboxes
              ? texts.mailboxes(mailboxes)
              : texts.mailboxesOf(mailboxes, ofMailboxes)}
          </Link>
        </>
      ) : null}
      {/* What is about no customer cannot be taken, and lacks nobody. */}
      {customer === undefined ? null : (
        <>
          <Dot />
          <span>{note?.takenBy ? (note.takenByName ?? note.takenBy) : texts.noOwner}</span>
        </>
      )}
      {note?.ticket ? (
        <>
          <Dot />
          <span>{texts.ticketNo(note.ticket)}</span>
        </>
      ) : null}
    </p>
  );
}

function Dot() {
  return <span aria-hidden>·</span>;
}
