import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireContext, viewer, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { roleTexts, sessionTexts, staffTexts as texts } from '#app/_texts/people.ts';
import { Act } from '#app/_ui/act.tsx';
import { Chip } from '#app/_ui/chip.tsx';
import { CustomerChoice } from '#app/_ui/customer-choice.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { RadioList } from '#app/_ui/radio-list.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Time } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { initials } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { memberRoles } from '#db/enums.ts';
import { reachOf } from '#lib/services/context.ts';
import { assignableCustomers } from '#lib/services/members/assignable.ts';
import { listMembers } from '#lib/services/members/list.ts';
import { listSessions } from '#lib/services/sessions/list.ts';
import { SessionTable } from '../../sessions/parts/session-table.tsx';
import { assignMember, disableMember, setMemberRole } from '../actions.ts';
import { whyNotGrant } from '../parts/why-not-grant.ts';
import { ChangeForm } from './parts/change-form.tsx';

export const metadata: Metadata = { title: texts.title };

/** One member of staff: role, customers, sessions, and the way out. */
export default async function MemberPage({ params }: { params: Promise<{ subject: string }> }) {
  const subject = decodeURIComponent((await params).subject);
  const { role, user } = await viewer();
  const ctx = await requireContext();
  if ((await whyNot('members.manage')) !== null) notFound();
  const member = (await load(listMembers(ctx))).find((known) => known.subject === subject);
  if (member === undefined) notFound();
  const customers = await load(assignableCustomers(ctx));
  const sessions = (await load(listSessions(ctx))).filter((known) => known.subject === subject);
  const isBeyond =
    reachOf(ctx).customers !== 'all' && (member.customers === null || member.unnamed > 0);
  const beyond = isBeyond ? texts.member.beyond : null;
  const ownersOnly = member.role === 'owner' && role !== 'owner' ? texts.form.ownerOnly : beyond;

  return (
    <>
      <TopBar crumbs={[{ label: texts.title, href: paths.staff() }, { label: member.name }]} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-5 pb-3 sm:px-6">
        <Chip text={initials(member.name)} />
        <h1 className="text-xl font-semibold">{member.name}</h1>
        <p className="text-sm text-ink-2">
          {roleTexts[member.role].name}, {texts.member.since.toLowerCase()}{' '}
          <Time at={member.enrolledAt} as="day" />
        </p>
      </div>
      <div className="max-w-160 space-y-8 px-4 pb-10 sm:px-6">
        {member.disabledAt !== null ? (
          <Notice title={texts.member.isOut(member.name)}>{texts.member.isOutNote}</Notice>
        ) : (
          <>
            {member.isSelf ? <Notice>{texts.member.self}</Notice> : null}
            <ChangeForm
              action={setMemberRole}
              subject={subject}
              label={texts.member.setRole}
              saved={texts.member.saved}
              refused={ownersOnly}
            >
              <RadioList
                name="role"
                label={texts.member.role}
                chosen={member.role}
                options={memberRoles.map((name) => ({
                  value: name,
                  ...roleTexts[name],
                  reason: whyNotGrant(role, name),
                }))}
              />
            </ChangeForm>
            {member.role === 'owner' ? (
              <Section title={texts.form.customers}>
                <p className="text-sm text-ink-2">{texts.form.ownersReachAll}</p>
              </Section>
            ) : (
              <ChangeForm
                action={assignMember}
                subject={subject}
                label={texts.member.assign}
                saved={texts.member.saved}
                refused={beyond}
              >
                <CustomerChoice
                  customers={customers}
                  chosen={member.customers?.map((customer) => customer.id) ?? null}
                  mayAll={reachOf(ctx).customers === 'all'}
                />
              </ChangeForm>
            )}
            <Section title={texts.member.sessions}>
              {sessions.length === 0 ? (
                <p className="text-sm text-ink-2">{beyond ?? texts.member.noSessions}</p>
              ) : (
                <SessionTable
                  sessions={sessions}
                  current={user.sessionId}
                  withNames={false}
                  ownersOnly={role === 'owner' ? null : sessionTexts.ownersOnly}
                />
              )}
            </Section>
            <Section title={texts.member.disable}>
              <p className="mb-3 text-sm text-ink-2">{texts.member.disableNote}</p>
              <div className="flex flex-wrap gap-2">
                {ownersOnly === null ? (
                  <Act action={disableMember} fields={{ subject }}>
                    {texts.member.disable}: {member.name}
                  </Act>
                ) : (
                  <ReasonButton name={texts.member.disable} reason={ownersOnly}>
                    {texts.member.disable}: {member.name}
                  </ReasonButton>
                )}
              </div>
            </Section>
          </>
        )}
        <p className="text-xs break-all text-ink-3">
          {texts.member.account} {subject}. {sessionTexts.ownNote}
        </p>
      </div>
    </>
  );
}
