import type { Metadata } from 'next';
import { requireContext, viewer, whyNot } from '#app/_server/context.ts';
import { portalDeps } from '#app/_server/deps.ts';
import { load } from '#app/_server/failures.ts';
import { staffTexts, accessTexts as texts } from '#app/_texts/people.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { CopyButton } from '#app/_ui/copy-button.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Section } from '#app/_ui/section.tsx';
import { NotYours } from '#app/_ui/states.tsx';
import { paths } from '#app/paths.ts';
import { selfServiceModes } from '#db/enums.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { listInvitations } from '#lib/services/invitations/list.ts';
import { listPeople } from '#lib/services/people/list.ts';
import { InvitationTable } from '../../../../staff/parts/invitation-table.tsx';
import { revokeInvitation } from './actions.ts';
import { ModeForm } from './parts/mode-form.tsx';
import { PeopleTable } from './parts/people-table.tsx';

export const metadata: Metadata = { title: texts.title };

/** Who of the customer may help themselves? */
export default async function AccessPage({ params }: { params: Promise<{ tenantId: string }> }) {
  const { tenantId } = await params;
  await viewer();
  const ctx = await requireContext();
  const { mode, isConnected, people } = await load(listPeople(ctx, { tenantId }));
  const refused = await whyNot('people.manage');
  const invitations = refused === null ? await load(listInvitations(ctx, { tenantId })) : [];
  const open = invitations.filter((invitation) => invitation.state === 'open');
  const noInvite = refused ?? (mode === 'off' ? texts.inviteOff : null);
  const { config } = await portalDeps();
  const address = `${config.portalUrl}${paths.my()}`;

  return (
    <div className="max-w-200 space-y-8 px-4 py-4 sm:px-6">
      <section className="max-w-160 space-y-3">
        <ModeForm
          tenantId={tenantId}
          mode={mode}
          refused={refused}
          options={selfServiceModes.map((value) => ({
            value,
            ...texts.modes[value],
            reason: !isConnected && value !== 'off' ? texts.notConnected : null,
          }))}
        />
        {mode === 'off' ? null : (
          <div className="flex flex-wrap items-center gap-3 text-sm text-ink-2">
            <p className="min-w-0 break-all">
              {texts.address} <span className="font-medium text-ink">{address}</span>
            </p>
            <CopyButton text={address} label={texts.copyAddress} />
          </div>
        )}
      </section>
      <Section
        title={texts.people}
        note={formatCount(people.length)}
        act={
          noInvite === null ? (
            <ButtonLink href={paths.customerInvite(tenantId)}>{texts.invite}</ButtonLink>
          ) : (
            <ReasonButton name={texts.invite} reason={noInvite}>
              {texts.invite}
            </ReasonButton>
          )
        }
      >
        {people.length === 0 ? (
          <p className="text-sm text-ink-2">{texts.noPeople[mode]}</p>
        ) : (
          <PeopleTable tenantId={tenantId} people={people} refused={refused} />
        )}
      </Section>
      <Section
        title={staffTexts.open.title}
        note={refused === null ? formatCount(open.length) : null}
      >
        {refused !== null ? (
          <NotYours reason={refused} />
        ) : open.length === 0 ? (
          <p className="text-sm text-ink-2">{staffTexts.open.none}</p>
        ) : (
          <InvitationTable invitations={open} revoke={revokeInvitation} />
        )}
      </Section>
    </div>
  );
}
