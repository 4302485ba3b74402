import { useState } from 'react';
import { keysTexts, scopeTexts } from '#app/_texts/keys.ts';
import { Button } from '#app/_ui/button.tsx';
import { Field, inputClass } from '#app/_ui/field.tsx';
import { Spinner } from '#app/_ui/icon.tsx';
import { keyScopes } from '#lib/auth/roles.ts';
import type { CustomerChoice } from './create-key.tsx';

const lineClass = 'flex items-center gap-2.5 text-sm max-sm:min-h-9';

/** What the key is for, what it may do, whom it reaches, and when it ends. */
export function KeyForm({
  customers,
  mayReachAll,
  withheld,
  submit,
  pending,
  error,
}: {
  customers: CustomerChoice[];
  mayReachAll: boolean;
  /** Scopes that whoever makes the key may not give. */
  withheld: readonly string[];
  submit: (form: FormData) => void;
  pending: boolean;
  error: string | null;
}) {
  const [all, setAll] = useState(mayReachAll);
  const texts = keysTexts.form;
  return (
    <form action={submit} className="mt-4 space-y-5">
      <Field
        name="name"
        label={texts.name}
        hint={texts.nameHint}
        maxLength={100}
        autoComplete="off"
        required
      />
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">{texts.may}</legend>
        <div className="grid gap-x-6 gap-y-1.5 sm:grid-cols-2">
          {keyScopes.map((scope) => (
            <label
              key={scope}
              className={`${lineClass} ${withheld.includes(scope) ? 'text-ink-3' : ''}`}
              title={withheld.includes(scope) ? texts.withheld : undefined}
            >
              <input
                type="checkbox"
                name="scope"
                value={scope}
                disabled={withheld.includes(scope)}
                defaultChecked={scope === 'customers.read' || scope === 'mailboxes.read'}
                className="box"
              />
              {scopeTexts[scope]}
            </label>
          ))}
        </div>
        {withheld.length > 0 ? <p className="mt-1.5 text-sm text-ink-3">{texts.withheld}</p> : null}
      </fieldset>
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">{texts.reaches}</legend>
        <div className="space-y-1.5">
          <label className={`${lineClass} ${mayReachAll ? '' : 'text-ink-3'}`}>
            <input
              type="radio"
              name="reach"
              value="all"
              checked={all}
              disabled={!mayReachAll}
              onChange={() => setAll(true)}
              className="dot"
            />
            {texts.all}
          </label>
          {mayReachAll ? null : <p className="pl-6.5 text-sm text-ink-3">{texts.notAll}</p>}
          <label className={lineClass}>
            <input
              type="radio"
              name="reach"
              value="some"
              checked={!all}
              onChange={() => setAll(false)}
              className="dot"
            />
            {texts.some}
          </label>
          {all ? null : (
            <div className="ml-6.5 max-h-40 space-y-1.5 overflow-y-auto rounded-md border border-line px-3 py-2">
              {customers.map(({ id, name }) => (
                <label key={id} className={lineClass}>
                  <input type="checkbox" name="customer" value={id} className="box" />
                  {name}
                </label>
              ))}
            </div>
          )}
        </div>
      </fieldset>
      <label className="block text-sm font-medium">
        {texts.ends}
        <select name="days" defaultValue="365" className={inputClass}>
          {texts.days.map(({ days, label }) => (
            <option key={label} value={days ?? ''}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {error ? (
        <p role="alert" className="text-sm font-medium text-fail-ink">
          {error}
        </p>
      ) : null}
      <Button weight="primary" aria-disabled={pending || undefined}>
        {pending ? <Spinner /> : null}
        {texts.act}
      </Button>
    </form>
  );
}
