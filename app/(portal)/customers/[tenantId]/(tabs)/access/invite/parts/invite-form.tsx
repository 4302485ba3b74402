'use client';

import { useActionState } from 'react';
import { staffTexts, accessTexts as texts } from '#app/_texts/people.ts';
import { Button } from '#app/_ui/button.tsx';
import { Field } from '#app/_ui/field.tsx';
import { FilterList, type FilterOption } from '#app/_ui/filter-list.tsx';
import { IssuedInvitation } from '#app/_ui/issued-invitation.tsx';
import { RadioList, type RadioOption } from '#app/_ui/radio-list.tsx';
import { paths } from '#app/paths.ts';
import { invitePerson } from '../../actions.ts';

export function InviteForm({
  tenantId,
  roles,
  mailboxes,
}: {
  tenantId: string;
  roles: RadioOption[];
  mailboxes: FilterOption[];
}) {
  const [state, submit, pending] = useActionState(invitePerson, { error: null, issued: null });
  if (state.issued !== null) {
    return (
      <IssuedInvitation
        {...state.issued}
        another={paths.customerInvite(tenantId)}
        list={paths.customerAccess(tenantId)}
      />
    );
  }
  return (
    <form action={submit} className="group space-y-6">
      <input type="hidden" name="tenantId" value={tenantId} />
      <Field
        name="name"
        label={staffTexts.form.name}
        hint={staffTexts.form.nameHint}
        autoComplete="off"
        maxLength={200}
        required
      />
      <RadioList name="role" label={staffTexts.form.role} options={roles} chosen="administrator" />
      <div className="group-has-[input[value=administrator]:checked]:hidden">
        <FilterList
          name="mailboxId"
          label={texts.form.mailbox}
          placeholder={texts.form.mailboxPlaceholder}
          none={texts.form.mailboxNone}
          options={mailboxes}
        />
        <p className="mt-1.5 text-sm text-ink-3">{texts.form.mailboxHint}</p>
      </div>
      {state.error ? (
        <p role="alert" className="text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
      <Button weight="primary" aria-disabled={pending || undefined}>
        {staffTexts.form.submit}
      </Button>
    </form>
  );
}
