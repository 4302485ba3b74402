import { whyNot } from '#app/_server/context.ts';
import { tonightTexts as texts } from '#app/_texts/fleet.ts';
import { Act } from '#app/_ui/act.tsx';
import { inputClass } from '#app/_ui/field.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import type { NotedIncident } from '#lib/services/incidents/gather.ts';
import { type Snooze, snoozes } from '#lib/services/incidents/input.ts';
import { release, setTicket, snooze, take } from '../actions.ts';
import { NoteForm } from './note-form.tsx';

/** What staff can say to an incident: its number, that it may wait, that it is theirs. */
export async function IncidentNotes({
  incident,
  about,
  only,
}: {
  incident: NotedIncident;
  about: string;
  only?: 'snooze';
}) {
  const place = { tenantId: incident.customers[0]?.id ?? '', cause: incident.cause };
  const refused = await whyNot('backups.run');
  if (refused !== null) {
    return (
      <ReasonButton name={texts.take} reason={refused}>
        {texts.take}
      </ReasonButton>
    );
  }
  const taken = incident.note?.takenBy != null;
  return (
    <>
      {only === undefined ? (
        <NoteForm
          action={setTicket}
          place={place}
          open={texts.ticket}
          about={about}
          submit={texts.ticketForm.act}
        >
          <label className="block text-sm">
            <span className="mb-1 block font-medium">{texts.ticketForm.title}</span>
            <input
              name="ticket"
              defaultValue={incident.note?.ticket ?? ''}
              maxLength={100}
              autoComplete="off"
              className={inputClass}
            />
            <span className="mt-1 block text-xs text-ink-3">{texts.ticketForm.hint}</span>
          </label>
        </NoteForm>
      ) : null}
      <NoteForm
        action={snooze}
        place={place}
        open={texts.snooze}
        about={about}
        submit={texts.snoozeForm.act}
      >
        <label className="block text-sm">
          <span className="mb-1 block font-medium">{texts.snoozeForm.title}</span>
          <select name="until" defaultValue="4h" className={inputClass}>
            {(Object.keys(snoozes) as Snooze[]).map((choice) => (
              <option key={choice} value={choice}>
                {texts.snoozeForm.choices[choice]}
              </option>
            ))}
          </select>
        </label>
        <label className="block text-sm">
          <span className="mb-1 block font-medium">{texts.snoozeForm.reason}</span>
          <input name="reason" maxLength={300} autoComplete="off" className={inputClass} />
          <span className="mt-1 block text-xs text-ink-3">{texts.snoozeForm.hint}</span>
        </label>
      </NoteForm>
      {only === undefined ? (
        <Act action={taken ? release : take} fields={place} weight="plain">
          {taken ? texts.release : texts.take}
        </Act>
      ) : null}
    </>
  );
}
