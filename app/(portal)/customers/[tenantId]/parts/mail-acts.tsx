import { whyNot } from '#app/_server/context.ts';
import { customerTexts } from '#app/_texts/customer.ts';
import { searchTexts } from '#app/_texts/search.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { paths } from '#app/paths.ts';
import type { CustomerView } from '#lib/services/customers/view.ts';
import { whyNoRestore } from '../../../restores/parts/why-no-restore.ts';

interface ActProps {
  customer: CustomerView;
  className?: string;
}

/** Leads to a search across the customer, or says why it does not. */
export async function SearchMail({ customer, className }: ActProps) {
  const refused =
    (await whyNot('content.read')) ??
    (customer.state === 'connecting' ? searchTexts.nothingYet : null);
  const label = (
    <>
      <Icon name="search" className="size-3.5" />
      <span aria-hidden>{searchTexts.inCustomer}</span>
      <span className="sr-only">{searchTexts.inCustomerOf(customer.name)}</span>
    </>
  );
  return refused === null ? (
    <ButtonLink href={paths.search({ customer: customer.id })} className={className}>
      {label}
    </ButtonLink>
  ) : (
    <ReasonButton
      name={searchTexts.inCustomerOf(customer.name)}
      reason={refused}
      className={className}
    >
      {label}
    </ReasonButton>
  );
}

/** Leads to the restore wizard with the customer chosen, or says why it does not. */
export async function RestoreMail({ customer, className }: ActProps) {
  const refused = await whyNoRestore(customer);
  return refused === null ? (
    <ButtonLink
      href={paths.newRestore({ customer: customer.id })}
      weight="primary"
      className={className}
    >
      {customerTexts.restoreMail}
    </ButtonLink>
  ) : (
    <ReasonButton name={customerTexts.restoreMail} reason={refused} className={className}>
      {customerTexts.restoreMail}
    </ReasonButton>
  );
}
