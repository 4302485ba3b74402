import type { Metadata } from 'next';
import { load } from '#app/_server/failures.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Time } from '#app/_ui/time.tsx';
import { listSessions } from '#lib/services/sessions/list.ts';
import { BigAct } from '../parts/big-act.tsx';
import { browserWords } from '../parts/browser-words.ts';
import { Column, pageTitle, rows } from '../parts/column.tsx';
import { home } from '../parts/home.ts';
import { endOne, endOthers } from './actions.ts';

const texts = myTexts.sessions;

export const metadata: Metadata = { title: texts.title };

/** The browsers one is signed in with; each can be signed out at once. */
export default async function MySessionsPage() {
  const { ctx, viewer } = await home();
  const own = (await load(listSessions(ctx))).filter(({ isOwn }) => isOwn);
  const here = viewer.user.sessionId;
  const others = own.filter(({ id }) => id !== here);
  const sorted = [...own.filter(({ id }) => id === here), ...others];
  return (
    <Column className="space-y-4">
      <div>
        <h1 className={pageTitle}>{texts.title}</h1>
        <p className="text-ink-2">{texts.note}</p>
      </div>
      <ul className={rows}>
        {sorted.map((session) => {
          const browser = browserWords(session.browser) ?? texts.unknown;
          return (
            <li key={session.id} className="flex flex-wrap items-center gap-3 px-4 py-3">
              <Icon name="devices" className="size-5 text-ink-3" />
              <span className="min-w-0 flex-1">
                <span className="block font-medium">
                  {browser}
                  {session.id === here ? (
                    <span className="font-normal text-ink-2"> · {texts.here}</span>
                  ) : null}
                </span>
                <span className="block text-base text-ink-2">
                  {texts.since}
                  <Time at={session.createdAt} as="short" />
                  {session.lastSeenAt ? (
                    <>
                      {' · '}
                      {texts.last}
                      <Time at={session.lastSeenAt} as="ago" />
                    </>
                  ) : null}
                </span>
              </span>
              {session.id === here ? null : (
                <BigAct
                  action={endOne}
                  fields={{ sessionId: session.id }}
                  quiet
                  label={texts.endOf(browser)}
                >
                  {texts.end}
                </BigAct>
              )}
            </li>
          );
        })}
      </ul>
      {others.length > 1 ? (
        <BigAct action={endOthers} fields={{}} quiet>
          {texts.endOthers}
        </BigAct>
      ) : null}
    </Column>
  );
}
