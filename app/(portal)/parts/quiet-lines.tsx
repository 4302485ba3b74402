import type { ReactNode } from 'react';
import { tonightTexts as texts } from '#app/_texts/fleet.ts';
import { Act } from '#app/_ui/act.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Time, TimeIn } from '#app/_ui/time.tsx';
import type { NotedIncident } from '#lib/services/incidents/gather.ts';
import { wake } from '../actions.ts';
import { IncidentAct } from './incident-act.tsx';
import { IncidentBody } from './incident-body.tsx';
import { incidentLook } from './incident-look.ts';
import { IncidentNotes } from './incident-notes.tsx';
import { incidentWords } from './incident-words.ts';

/** What can wait, or sleeps: one line each. */
export function QuietLines({ incidents, now }: { incidents: NotedIncident[]; now: Date }) {
  return (
    <ul className="text-sm">
      {incidents.map((incident) => {
        const look = incidentLook(incident.kind);
        const { title, body } = incidentWords(incident, now);
        const { note } = incident;
        return (
          <li
            key={`${incident.customers[0]?.id} ${incident.cause}`}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-1.5"
          >
            <Icon name={look.icon} className={`size-4 ${look.mark}`} />
            <p className="min-w-48 flex-1">
              <span className="font-medium">{title}</span>{' '}
              <span className="text-ink-2">
                {incident.asleep && note?.snoozedUntil ? (
                  <TimeIn
                    say={(moment) => texts.asleepUntil(moment, note.snoozeReason ?? '')}
                    at={note.snoozedUntil}
                    as="short"
                  />
                ) : (
                  <IncidentBody text={body} safeUntil={incident.safeUntil} />
                )}
              </span>
            </p>
            {incident.since === null || incident.asleep ? null : (
              <span className="text-xs text-ink-3">
                {texts.since} <Time at={incident.since} as="day" />
              </span>
            )}
            <span className="flex items-center gap-1">
              {incident.asleep ? (
                <Wake incident={incident} />
              ) : (
                <>
                  <IncidentNotes incident={incident} about={title} only="snooze" />
                  <IncidentAct incident={incident} weight="plain" />
                </>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Wake({ incident }: { incident: NotedIncident }): ReactNode {
  const place = { tenantId: incident.customers[0]?.id ?? '', cause: incident.cause };
  return (
    <Act action={wake} fields={place} weight="plain">
      {texts.wake}
    </Act>
  );
}
