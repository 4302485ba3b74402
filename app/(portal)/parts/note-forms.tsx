import { whyNot } from '#app/_server/context.ts';
import { tonightTexts as texts } from '#app/_texts/fleet.ts';
import { inputClass } from '#app/_ui/field.tsx';
import { type Snooze, snoozes } from '#lib/services/incidents/input.ts';
import { setTicket, snooze } from '../actions.ts';
import { NoteForm } from './note-form.tsx';

/** By which buttons beside incidents name the dialogs below. */
export const noteDialogs = { ticket: 'note-ticket', snooze: 'note-snooze' } as const;

/** The dialogs of a page with incidents, once for all of them; none for who may not use them. */
export async function NoteForms() {
  if ((await whyNot('backups.run')) !== null) return null;
  return (
    <>
      <NoteForm
        id={noteDialogs.ticket}
        action={setTicket}
        open={texts.ticket}
        submit={texts.ticketForm.act}
        cancel={texts.cancel}
      >
        <label className="block text-sm">
          <span className="mb-1 block font-medium">{texts.ticketForm.title}</span>
          <input name="ticket" maxLength={100} autoComplete="off" className={inputClass} />
          <span className="mt-1 block text-xs text-ink-3">{texts.ticketForm.hint}</span>
        </label>
      </NoteForm>
      <NoteForm
        id={noteDialogs.snooze}
        action={snooze}
        open={texts.snooze}
        submit={texts.snoozeForm.act}
        cancel={texts.cancel}
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
    </>
  );
}
