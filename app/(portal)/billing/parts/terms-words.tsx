import { lineTexts, termsTexts as texts } from '#app/_texts/billing.ts';
import { dimensions, type PlanTerms, type Price } from '#lib/billing/plan.ts';
import { money, unitPrice } from './money.ts';

/** The terms of a plan as one reads them aloud. */
export function TermsWords({ terms }: { terms: PlanTerms }) {
  const { currency } = terms;
  return (
    <dl className="facts grid-cols-[11.5rem_1fr]! max-sm:grid-cols-[7rem_1fr]!">
      <dt>{texts.aggregation}</dt>
      <dd>{texts.aggregations[terms.aggregation]}</dd>
      {dimensions.map((dimension) => (
        <div key={dimension} className="contents">
          <dt>{lineTexts[dimension].title}</dt>
          <dd>
            {terms.prices[dimension] === undefined ? (
              texts.noPrice
            ) : (
              <PriceWords price={terms.prices[dimension]} currency={currency} />
            )}
          </dd>
        </div>
      ))}
      <dt>{texts.included}</dt>
      <dd>{texts.pool(terms.includedGibPerMailbox)}</dd>
      <dt>{texts.minimum}</dt>
      <dd>{terms.minimum === null ? texts.none : money(terms.minimum, currency)}</dd>
      <dt>{texts.trial}</dt>
      <dd>{texts.days(terms.trialDays)}</dd>
      <dt>{texts.billed}</dt>
      <dd>
        {terms.billed.length === 0
          ? texts.nothingBilled
          : texts.billedKinds(terms.billed.map((kind) => texts.kinds[kind]).join(', '))}
      </dd>
    </dl>
  );
}

function PriceWords({ price, currency }: { price: Price; currency: string }) {
  const words = price.tiers.map(({ upTo, unitPrice: each, flat }) => {
    const said = [
      texts.each(unitPrice(each, currency)),
      ...(Number(flat) === 0 ? [] : [texts.once(money(flat, currency))]),
    ].join(' ');
    return price.tiers.length === 1
      ? said
      : texts.step({ upTo: upTo?.toLocaleString('en-US') ?? null, price: said });
  });
  const all = words.join('; ');
  return <>{price.mode === 'volume' && words.length > 1 ? texts.all(all) : all}</>;
}
