import { accountTexts as texts } from '#app/_texts/billing.ts';
import { Act } from '#app/_ui/act.tsx';
import { inputClass } from '#app/_ui/field.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import type { AccountOverview } from '#lib/services/billing/overview.ts';
import type { CustomerUsage } from '#lib/services/usage/list.ts';
import { billDirectly, setExternalId, stopDirect } from '../actions.ts';
import { monthName } from './calendar.ts';
import { KeptForm } from './kept-form.tsx';

/** Customers as the MSP's own books know them, and who pays for each. */
export function CustomerBooks({
  customers,
  direct,
  refused,
}: {
  customers: CustomerUsage[];
  direct: AccountOverview[];
  /** Why whoever looks may change nothing. */
  refused: string | null;
}) {
  return (
    <table className="list max-sm:block">
      <thead className="max-sm:hidden">
        <tr>
          <th scope="col">{texts.customer}</th>
          <th scope="col">{texts.externalId}</th>
          <th scope="col">{texts.who}</th>
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {customers.map((customer) => {
          const { tenantId, name, externalId } = customer;
          const account = direct.findLast(({ account: it }) => it.tenantId === tenantId)?.account;
          const ends = account?.endedPeriod ?? null;
          return (
            <tr key={tenantId} className="border-line max-sm:block max-sm:border-b max-sm:py-2">
              <th
                scope="row"
                className="h-12! border-b border-line text-sm! font-medium! text-ink! max-sm:flex max-sm:h-8! max-sm:items-center max-sm:border-0"
              >
                {name}
              </th>
              <td className="max-sm:block max-sm:h-auto! max-sm:border-0! max-sm:px-0!">
                <span aria-hidden className="block pb-1 text-xs text-ink-3 sm:hidden">
                  {texts.externalId}
                </span>
                {refused === null ? (
                  <KeptForm
                    key={externalId ?? ''}
                    action={setExternalId}
                    fields={{ tenantId }}
                    label={texts.save}
                    weight="secondary"
                    inline
                  >
                    <span className="block w-44 max-sm:w-36">
                      <input
                        name="externalId"
                        defaultValue={externalId ?? ''}
                        maxLength={100}
                        autoComplete="off"
                        aria-label={texts.externalIdOf(name)}
                        className={`${inputClass} mt-0! min-w-0`}
                      />
                    </span>
                  </KeptForm>
                ) : (
                  (externalId ?? '–')
                )}
              </td>
              <td className="max-sm:block max-sm:h-auto! max-sm:border-0! max-sm:px-0!">
                <span aria-hidden className="block pt-2 text-xs text-ink-3 sm:hidden">
                  {texts.who}
                </span>
                <div className="flex flex-wrap items-center gap-3">
                  <span className="text-ink-2">
                    {customer.direct ? texts.itself : texts.you}
                    {change(customer, account)}
                  </span>
                  <Change
                    tenantId={tenantId}
                    name={name}
                    direct={account !== undefined && ends === null}
                    refused={refused}
                  />
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** From which month on somebody else pays. An account that is not subscribed bills nobody yet. */
function change({ direct }: CustomerUsage, account?: AccountOverview['account']): string {
  if (account === undefined) return '';
  const { startedPeriod, endedPeriod, subscribed } = account;
  if (direct) return endedPeriod === null ? '' : texts.until(monthName(endedPeriod));
  // What has ended without beginning, or long ago, changes nothing any more.
  if (startedPeriod === null || endedPeriod !== null) return '';
  return (subscribed ? texts.starting : texts.unsubscribed)(monthName(startedPeriod));
}

function Change({
  tenantId,
  name,
  direct,
  refused,
}: {
  tenantId: string;
  name: string;
  direct: boolean;
  refused: string | null;
}) {
  const full = direct ? texts.stopNamed(name) : texts.billNamed(name);
  const label = (
    <>
      <span aria-hidden>{direct ? texts.stop : texts.bill}</span>
      <span className="sr-only">{full}</span>
    </>
  );
  return refused === null ? (
    <Act action={direct ? stopDirect : billDirectly} fields={{ tenantId }}>
      {label}
    </Act>
  ) : (
    <ReasonButton name={full} reason={refused}>
      {label}
    </ReasonButton>
  );
}
