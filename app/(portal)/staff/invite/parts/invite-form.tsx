'use client';

import { useActionState } from 'react';
import { staffTexts as texts } from '#app/_texts/people.ts';
import { Button } from '#app/_ui/button.tsx';
import { CustomerChoice } from '#app/_ui/customer-choice.tsx';
import { Field } from '#app/_ui/field.tsx';
import { IssuedInvitation } from '#app/_ui/issued-invitation.tsx';
import { RadioList, type RadioOption } from '#app/_ui/radio-list.tsx';
import { paths } from '#app/paths.ts';
import { inviteStaff } from '../../actions.ts';

export function InviteForm({
  roles,
  customers,
  mayAll,
}: {
  roles: RadioOption[];
  customers: { id: string; name: string }[];
  mayAll: boolean;
}) {
  const [state, submit, pending] = useActionState(inviteStaff, { error: null, issued: null });
  if (state.issued !== null) {
    return (
      <IssuedInvitation {...state.issued} another={paths.inviteStaff()} list={paths.staff()} />
    );
  }
  return (
    <form action={submit} className="space-y-6">
      <Field
        name="name"
        label={texts.form.name}
        hint={texts.form.nameHint}
        autoComplete="off"
        maxLength={200}
        required
      />
      <RadioList name="role" label={texts.form.role} options={roles} chosen="technician" />
      <CustomerChoice customers={customers} chosen={null} mayAll={mayAll} />
      {state.error ? (
        <p role="alert" className="text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
      <Button weight="primary" aria-disabled={pending || undefined}>
        {texts.form.submit}
      </Button>
    </form>
  );
}
