import { use } from 'react';
import { whyNot } from '#app/_server/context.ts';
import { tonightTexts as texts } from '#app/_texts/fleet.ts';
import { Act } from '#app/_ui/act.tsx';
import { buttonClass } from '#app/_ui/button.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import type { NotedIncident } from '#lib/services/incidents/gather.ts';
import { release, take } from '../actions.ts';
import { noteDialogs } from './note-forms.tsx';

/**
 * What staff can say to an incident: its number, that it may wait, that it is theirs. The dialogs
 * stand once in the page (`NoteForms`).
 */
export function IncidentNotes({
  incident,
  about,
  only,
}: {
  incident: NotedIncident;
  about: string;
  only?: 'snooze';
}) {
  // What is nobody's in particular has nobody to keep a note with.
  if (incident.customers.length === 0) return null;
  const refused = use(whyNot('backups.run'));
  if (refused !== null) {
    return (
      <ReasonButton name={texts.take} reason={refused}>
        {texts.take}
      </ReasonButton>
    );
  }
  const place = { tenantId: incident.customers[0]?.id ?? '', cause: incident.cause };
  const taken = incident.note?.takenBy != null;
  return (
    <>
      {only === undefined ? (
        <NoteButton incident={incident} about={about} dialog="ticket" word={texts.ticket} />
      ) : null}
      <NoteButton incident={incident} about={about} dialog="snooze" word={texts.snooze} />
      {only === undefined ? (
        <Act action={taken ? release : take} fields={place} weight="plain">
          {taken ? texts.release : texts.take}
        </Act>
      ) : null}
    </>
  );
}

function NoteButton({
  incident: { customers, cause, note },
  about,
  dialog,
  word,
}: {
  incident: NotedIncident;
  about: string;
  dialog: keyof typeof noteDialogs;
  word: string;
}) {
  return (
    <button
      type="button"
      popoverTarget={noteDialogs[dialog]}
      data-tenant={customers[0]?.id}
      data-cause={cause}
      data-about={about}
      data-ticket={dialog === 'ticket' ? (note?.ticket ?? undefined) : undefined}
      aria-label={`${word}: ${about}`}
      className={buttonClass('plain')}
    >
      {word}
    </button>
  );
}
