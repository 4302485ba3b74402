import type { FormState } from '#app/_server/action.ts';
import { roleTexts, staffTexts as texts } from '#app/_texts/people.ts';
import { Act } from '#app/_ui/act.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Time } from '#app/_ui/time.tsx';
import type { InvitationView } from '#lib/services/invitations/list.ts';

/** Links that still let somebody in, and the way to end them. */
export function InvitationTable({
  invitations,
  revoke,
  ownersOnly = null,
}: {
  invitations: InvitationView[];
  revoke: (state: FormState, form: FormData) => Promise<FormState>;
  /** Why whoever looks may not end the links of owners. */
  ownersOnly?: string | null;
}) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{texts.columns.name}</th>
          <th scope="col" className="max-sm:hidden">
            {texts.columns.role}
          </th>
          <th scope="col" className="max-sm:hidden">
            {texts.columns.invited}
          </th>
          <th scope="col" className="num">
            {texts.columns.expires}
          </th>
          <th scope="col">
            <span className="sr-only">{texts.open.revoke}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {invitations.map((invitation) => (
          <tr key={invitation.id}>
            <th
              scope="row"
              className="border-b border-line py-1 text-sm! whitespace-normal! text-ink!"
            >
              {invitation.name}
              <span className="block font-normal text-ink-3 sm:hidden">
                {roleTexts[invitation.role].name}
              </span>
            </th>
            <td className="max-sm:hidden">{roleTexts[invitation.role].name}</td>
            <td className="text-ink-2 max-sm:hidden">{invitation.inviter}</td>
            <td className="num max-sm:whitespace-normal!">
              <Time at={invitation.expiresAt} />
            </td>
            <td className="py-1 text-right">
              {invitation.role === 'owner' && ownersOnly !== null ? (
                <ReasonButton
                  name={texts.open.revokeOf(invitation.name)}
                  reason={ownersOnly}
                  className="my-0.5"
                >
                  {texts.open.revoke}
                </ReasonButton>
              ) : (
                <Act action={revoke} fields={{ invitationId: invitation.id }} className="my-0.5">
                  <span aria-hidden>{texts.open.revoke}</span>
                  <span className="sr-only">{texts.open.revokeOf(invitation.name)}</span>
                </Act>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
