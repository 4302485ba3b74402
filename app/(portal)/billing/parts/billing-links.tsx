import Link from 'next/link';
import { billingTexts as texts } from '#app/_texts/billing.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { paths } from '#app/paths.ts';

/** The other pages of billing. */
export function BillingLinks() {
  const links = [
    { name: texts.invoices, href: paths.invoices() },
    { name: texts.simulate, href: paths.billingSimulate() },
    { name: texts.prices, href: paths.resalePrices() },
    { name: texts.account, href: paths.billingAccount() },
  ];
  return (
    <nav aria-label={texts.more} className="px-4 py-4 sm:px-6">
      <ul className="grid grid-cols-[auto_auto] justify-start gap-x-8 gap-y-1">
        {links.map(({ name, href }) => (
          <li key={href}>
            <Link
              href={href}
              prefetch={false}
              className="quiet-link inline-flex min-h-8 items-center gap-1 text-sm max-sm:min-h-11"
            >
              {name}
              <Icon name="chevronRight" className="size-3.5" />
            </Link>
          </li>
        ))}
      </ul>
      <p className="mt-1 text-xs text-ink-3">{texts.utc}</p>
    </nav>
  );
}
