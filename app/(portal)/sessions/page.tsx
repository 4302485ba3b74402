import type { Metadata } from 'next';
import { requireContext, viewer, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { sessionTexts as texts } from '#app/_texts/people.ts';
import { Act } from '#app/_ui/act.tsx';
import { Section } from '#app/_ui/section.tsx';
import { NotYours } from '#app/_ui/states.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { formatCount } from '#lib/core/bytes.ts';
import { listSessions } from '#lib/services/sessions/list.ts';
import { endOtherSessions } from './actions.ts';
import { SessionTable } from './parts/session-table.tsx';

export const metadata: Metadata = { title: texts.title };

/** Which browsers are signed in, and which of them should not be? */
export default async function SessionsPage() {
  const { user, role } = await viewer();
  const sessions = await load(listSessions(await requireContext()));
  const refused = await whyNot('sessions.manage');
  const own = sessions.filter((session) => session.isOwn);
  const others = sessions.filter((session) => !session.isOwn);
  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} />
      <div className="px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
      </div>
      <div className="space-y-8 px-4 pb-10 sm:px-6">
        <Section title={texts.own} note={texts.ownNote}>
          <SessionTable sessions={own} current={user.sessionId} withNames={false} />
          {own.length > 1 ? (
            <div className="mt-3 flex flex-wrap gap-2">
              <Act action={endOtherSessions} fields={{}}>
                {texts.endOthers}
              </Act>
            </div>
          ) : null}
        </Section>
        <Section
          title={texts.others}
          note={refused === null ? formatCount(others.length) : undefined}
        >
          {refused !== null ? (
            <NotYours reason={refused} />
          ) : others.length === 0 ? (
            <p className="text-sm text-ink-2">{texts.noOthers}</p>
          ) : (
            <SessionTable
              sessions={others}
              current={user.sessionId}
              withNames
              ownersOnly={role === 'owner' ? null : texts.ownersOnly}
            />
          )}
        </Section>
      </div>
    </>
  );
}
