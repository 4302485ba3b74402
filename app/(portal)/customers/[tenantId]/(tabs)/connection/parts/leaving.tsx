import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { customerTexts } from '#app/_texts/customer.ts';
import { Act } from '#app/_ui/act.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Section } from '#app/_ui/section.tsx';
import { formatBytes } from '#lib/core/bytes.ts';
import { priceOfLeaving } from '#lib/services/billing/price-of-leaving.ts';
import type { CustomerView } from '#lib/services/customers/view.ts';
import { unitPrice } from '../../../../../billing/parts/money.ts';
import { sendNewLink } from '../../../actions.ts';
import { DisconnectDialog } from './disconnect-dialog.tsx';

const texts = customerTexts.connection.leaving;

/** How a customer that has left is let go; of one that was, how it comes back. */
export async function Leaving({ customer }: { customer: CustomerView }) {
  if (customer.state === 'connecting') return null;
  const left = customer.state === 'disconnected';
  return (
    <Section title={left ? texts.leftTitle : texts.title}>
      <div className="space-y-3">
        <p className="max-w-160 text-sm text-ink-2">{left ? texts.left : texts.text}</p>
        <div className="flex flex-wrap gap-2">
          {left ? <ComeBack tenantId={customer.id} /> : <Disconnect customer={customer} />}
        </div>
      </div>
    </Section>
  );
}

async function ComeBack({ tenantId }: { tenantId: string }) {
  const refused = await whyNot('customers.connect');
  return refused === null ? (
    <Act action={sendNewLink} fields={{ tenantId }}>
      {texts.comeBack}
    </Act>
  ) : (
    <ReasonButton name={texts.comeBack} reason={refused}>
      {texts.comeBack}
    </ReasonButton>
  );
}

async function Disconnect({ customer }: { customer: CustomerView }) {
  const { act } = texts;
  const refused = await whyNot('policies.manage');
  if (refused !== null) {
    return (
      <ReasonButton name={act} reason={refused}>
        {act}
      </ReasonButton>
    );
  }
  const { id: tenantId, protectedCount, figures } = customer;
  const priced =
    (await whyNot('billing.read')) === null
      ? await load(priceOfLeaving(await requireContext(), { tenantId }))
      : null;
  return (
    <DisconnectDialog
      tenantId={tenantId}
      texts={{
        act,
        title: texts.actOn(customer.name),
        effects: [
          texts.seals(protectedCount),
          texts.keeps(figures.items, formatBytes(figures.storedBytes)),
          priced === null
            ? texts.costs
            : texts.costsEach(
                unitPrice(priced.sealed, priced.currency),
                unitPrice(priced.protected, priced.currency),
              ),
          ...texts.ends,
          texts.back,
        ],
        reason: texts.reason,
        reasonHint: texts.reasonHint,
        keep: texts.keep,
      }}
    />
  );
}
