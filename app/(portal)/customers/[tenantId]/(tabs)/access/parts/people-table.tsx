import Link from 'next/link';
import { roleTexts, staffTexts, accessTexts as texts } from '#app/_texts/people.ts';
import { Act } from '#app/_ui/act.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import type { PersonView } from '#lib/services/people/list.ts';
import { disablePerson, enablePerson } from '../actions.ts';

/** Who of the customer may help themselves, or might until somebody said no. */
export function PeopleTable({
  tenantId,
  people,
  refused,
}: {
  tenantId: string;
  people: PersonView[];
  refused: string | null;
}) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{texts.columns.name}</th>
          <th scope="col" className="max-sm:hidden">
            {texts.columns.role}
          </th>
          <th scope="col" className="max-md:hidden">
            {texts.columns.mailbox}
          </th>
          <th scope="col" className="num">
            {texts.columns.seen}
          </th>
          <th scope="col">
            <span className="sr-only">{texts.columns.act}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => {
          const isIn = person.disabledAt === null;
          const label = isIn ? texts.disable : texts.enable;
          const full = isIn ? texts.disableOf(person.name) : texts.enableOf(person.name);
          return (
            <tr key={person.subject}>
              <th
                scope="row"
                className="border-b border-line py-1 text-sm! whitespace-normal! text-ink!"
              >
                {person.name}
                {person.byDoor ? (
                  <span className="ml-2 text-xs font-normal text-ink-3">{texts.byDoor}</span>
                ) : null}
                <span className="block text-xs font-normal text-ink-3 sm:hidden">
                  {roleTexts[person.role].name}
                </span>
              </th>
              <td className="max-sm:hidden">{roleTexts[person.role].name}</td>
              <td className="text-ink-2 max-md:hidden">
                {person.mailbox ? (
                  <Link
                    href={paths.mailbox(tenantId, person.mailbox.id)}
                    prefetch={false}
                    className="hover:text-accent hover:underline"
                  >
                    {person.mailbox.name}
                  </Link>
                ) : person.role === 'administrator' ? (
                  texts.every
                ) : (
                  texts.ownMailbox
                )}
              </td>
              <td className="num max-sm:whitespace-normal!">
                {!isIn ? (
                  staffTexts.out
                ) : person.lastSeenAt ? (
                  <Time at={person.lastSeenAt} as="ago" />
                ) : (
                  <span className="text-ink-3">{staffTexts.never}</span>
                )}
              </td>
              <td className="py-1 text-right">
                {refused === null ? (
                  <Act
                    action={isIn ? disablePerson : enablePerson}
                    fields={{ tenantId, subject: person.subject }}
                    className="my-0.5"
                  >
                    <span aria-hidden>{label}</span>
                    <span className="sr-only">{full}</span>
                  </Act>
                ) : (
                  <ReasonButton name={full} reason={refused} className="my-0.5">
                    {label}
                  </ReasonButton>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
