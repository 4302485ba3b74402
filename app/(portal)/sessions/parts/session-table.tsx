import { browserName, roleTexts, sessionTexts as texts } from '#app/_texts/people.ts';
import { Act } from '#app/_ui/act.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Time } from '#app/_ui/time.tsx';
import type { SessionView } from '#lib/services/sessions/list.ts';
import { endSession } from '../actions.ts';

export function SessionTable({
  sessions,
  current,
  withNames,
  ownersOnly = null,
}: {
  sessions: SessionView[];
  /** The session this page is shown in. */
  current: string;
  withNames: boolean;
  /** Why whoever looks may not end the sessions of owners, their own excepted. */
  ownersOnly?: string | null;
}) {
  return (
    <table className="list">
      <thead>
        <tr>
          {withNames ? <th scope="col">{texts.columns.who}</th> : null}
          <th scope="col" className={withNames ? 'max-sm:hidden' : ''}>
            {texts.columns.browser}
          </th>
          <th scope="col" className="num max-md:hidden">
            {texts.columns.began}
          </th>
          <th scope="col" className="num">
            {texts.columns.seen}
          </th>
          <th scope="col" className="num max-md:hidden">
            {texts.columns.ends}
          </th>
          <th scope="col">
            <span className="sr-only">{texts.columns.act}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => {
          const browser = browserName(session.browser);
          const isThis = session.id === current;
          return (
            <tr key={session.id}>
              {withNames ? (
                <th
                  scope="row"
                  className="border-b border-line py-1 text-sm! whitespace-normal! text-ink!"
                >
                  {session.name}
                  <span className="block text-xs font-normal text-ink-3">
                    {session.role === null
                      ? null
                      : texts.of(roleTexts[session.role].name, session.customerName)}
                  </span>
                  <span className="block text-xs font-normal text-ink-3 sm:hidden">{browser}</span>
                </th>
              ) : null}
              <td className={`py-1 ${withNames ? 'max-sm:hidden' : ''}`}>
                {browser}
                {isThis ? <span className="ml-2 text-xs text-ink-3">{texts.thisOne}</span> : null}
              </td>
              <td className="num max-md:hidden">
                <Time at={session.createdAt} as="short" />
              </td>
              <td className="num max-sm:whitespace-normal!">
                <Time at={session.lastSeenAt ?? session.createdAt} as="ago" />
              </td>
              <td className="num max-md:hidden">
                <Time at={session.expiresAt} as="short" />
              </td>
              <td className="py-1 text-right">
                {session.role === 'owner' && !session.isOwn && ownersOnly !== null ? (
                  <ReasonButton
                    name={texts.endOf(session.name, browser)}
                    reason={ownersOnly}
                    className="my-0.5"
                  >
                    {texts.end}
                  </ReasonButton>
                ) : (
                  <Act action={endSession} fields={{ sessionId: session.id }} className="my-0.5">
                    <span aria-hidden>{texts.end}</span>
                    <span className="sr-only">{texts.endOf(session.name, browser)}</span>
                  </Act>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
