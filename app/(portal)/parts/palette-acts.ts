import { whyNot } from '#app/_server/context.ts';
import { frameTexts } from '#app/_texts/frame.ts';
import { paletteTexts } from '#app/_texts/palette.ts';
import { paths } from '#app/paths.ts';

export interface PaletteAct {
  name: string;
  href: string;
  /** Why the viewer may not; it stays in the list. */
  reason: string | null;
}

/** What can be done from everywhere, before any customer is open. */
export async function paletteActs(): Promise<PaletteAct[]> {
  const { acts } = paletteTexts;
  const { names } = frameTexts;
  const goTo = (name: string, href: string) => ({ name: acts.goTo(name), href, reason: null });
  return [
    {
      name: acts.addCustomer,
      href: paths.newCustomer(),
      reason: await whyNot('customers.connect'),
    },
    { name: acts.restore, href: paths.newRestore(), reason: await whyNot('restores.run') },
    // Not from here, but of a customer: what is found there asks whether the viewer may.
    { name: acts.backUp, href: paths.customers(), reason: await whyNot('backups.run') },
    { name: acts.searchMail, href: paths.search(), reason: await whyNot('content.read') },
    { name: acts.invite, href: paths.staff(), reason: await whyNot('members.manage') },
    { name: acts.makeKey, href: paths.keys(), reason: await whyNot('keys.manage') },
    goTo(names.tonight, paths.home()),
    goTo(names.customers, paths.customers()),
    goTo(names.coverage, paths.coverage()),
    goTo(names.runs, paths.runs()),
    goTo(names.restores, paths.restores()),
    goTo(names.leavers, paths.leavers()),
    goTo(names.audit, paths.audit()),
    {
      name: acts.goTo(names.billing),
      href: paths.billing(),
      reason: await whyNot('billing.read'),
    },
    {
      name: acts.simulate,
      href: paths.billingSimulate(),
      reason: await whyNot('billing.read'),
    },
    { name: acts.invoices, href: paths.invoices(), reason: await whyNot('billing.read') },
    goTo(names.staff, paths.staff()),
    goTo(names.keys, paths.keys()),
    goTo(names.sessions, paths.sessions()),
  ];
}
