import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, viewer, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { roleTexts, staffTexts as texts } from '#app/_texts/people.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Section } from '#app/_ui/section.tsx';
import { NotYours } from '#app/_ui/states.tsx';
import { Time } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { listInvitations } from '#lib/services/invitations/list.ts';
import { listMembers, type MemberView } from '#lib/services/members/list.ts';
import { revokeInvitation } from '../actions.ts';
import { InvitationTable } from '../parts/invitation-table.tsx';
import { RoleMatrix } from '../parts/role-matrix.tsx';

export const metadata: Metadata = { title: texts.title };

/** Who can do what to whom? */
export default async function StaffPage() {
  const { role } = await viewer();
  const ctx = await requireContext();
  const refused = await whyNot('members.manage');
  const members = refused === null ? await load(listMembers(ctx)) : [];
  const invitations = refused === null ? await load(listInvitations(ctx, {})) : [];
  const open = invitations.filter((invitation) => invitation.state === 'open');

  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} />
      <div className="flex flex-wrap items-center gap-3 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">
          {texts.title}
          {refused === null ? (
            <span className="ml-2.5 text-base font-normal text-ink-2">
              {formatCount(members.length)}
            </span>
          ) : null}
        </h1>
        <div className="ml-auto">
          {refused === null ? (
            <ButtonLink href={paths.inviteStaff()} weight="primary">
              <Icon name="plus" />
              {texts.invite}
            </ButtonLink>
          ) : (
            <ReasonButton name={texts.invite} reason={refused}>
              {texts.invite}
            </ReasonButton>
          )}
        </div>
      </div>
      {refused === null ? (
        <MemberTable members={members} />
      ) : (
        <div className="px-4 sm:px-6">
          <NotYours reason={refused} />
        </div>
      )}
      <div className="space-y-8 px-4 py-8 sm:px-6">
        {refused === null ? (
          <Section title={texts.open.title} note={formatCount(open.length)}>
            {open.length === 0 ? (
              <p className="text-sm text-ink-2">{texts.open.none}</p>
            ) : (
              <InvitationTable
                invitations={open}
                revoke={revokeInvitation}
                ownersOnly={role === 'owner' ? null : texts.form.ownerOnly}
              />
            )}
          </Section>
        ) : null}
        <Section title={texts.matrix.title} note={texts.matrix.note}>
          <RoleMatrix />
        </Section>
      </div>
    </>
  );
}

function MemberTable({ members }: { members: MemberView[] }) {
  const inFirst = [...members].sort(
    (a, b) => Number(a.disabledAt !== null) - Number(b.disabledAt !== null),
  );
  return (
    <table className="list list-wide">
      <thead>
        <tr>
          <th scope="col">{texts.columns.name}</th>
          <th scope="col">{texts.columns.role}</th>
          <th scope="col" className="max-md:hidden">
            {texts.columns.customers}
          </th>
          <th scope="col" className="num">
            {texts.columns.seen}
          </th>
        </tr>
      </thead>
      <tbody>
        {inFirst.map((member) => (
          <tr key={member.subject} className={member.disabledAt === null ? '' : 'text-ink-3'}>
            <th scope="row" className="h-row border-b border-line text-sm! text-ink!">
              <Link
                href={paths.member(member.subject)}
                prefetch={false}
                className="whitespace-normal hover:text-accent hover:underline max-sm:inline-flex max-sm:min-h-11 max-sm:items-center"
              >
                {member.name}
              </Link>
              {member.isSelf ? (
                <span className="ml-2 text-xs font-normal text-ink-3">{texts.you}</span>
              ) : null}
            </th>
            <td>{roleTexts[member.role].name}</td>
            <td className="text-ink-2 max-md:hidden">
              <Assigned member={member} />
            </td>
            <td className="num max-sm:whitespace-normal!">
              {member.disabledAt !== null ? (
                texts.out
              ) : member.lastSeenAt === null ? (
                <span className="text-ink-3">{texts.never}</span>
              ) : (
                <Time at={member.lastSeenAt} as="ago" />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Assigned({ member: { customers, unnamed } }: { member: MemberView }) {
  if (customers === null) return texts.all;
  const named = customers.slice(0, 3).map((customer) => customer.name);
  const more = customers.length - named.length;
  const parts = [
    ...named,
    ...(more > 0 ? [`${formatCount(more)} more`] : []),
    ...(unnamed > 0 ? [texts.unnamed(unnamed)] : []),
  ];
  return parts.length === 0 ? texts.none : parts.join(', ');
}
