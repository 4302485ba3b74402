import { lineTexts, termsTexts as texts } from '#app/_texts/billing.ts';
import { inputClass } from '#app/_ui/field.tsx';
import { aggregations, type Dimension } from '#lib/billing/plan.ts';
import { kinds, prefixes, stepsMax } from './terms-fields.ts';

const small = `${inputClass} mt-0! min-w-0`;

/** The terms of a plan as fields of the form around. It needs no script: an empty row is no step. */
export function TermsFields({ values }: { values: ReadonlyMap<string, string> }) {
  const value = (name: string) => values.get(name) ?? '';
  return (
    <div className="space-y-5">
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        <label className="block text-sm font-medium">
          {texts.aggregation}
          <select name="aggregation" defaultValue={value('aggregation')} className={inputClass}>
            {aggregations.map((aggregation) => (
              <option key={aggregation} value={aggregation}>
                {texts.aggregations[aggregation]}
              </option>
            ))}
          </select>
        </label>
        <Labelled
          name="currency"
          label={texts.currency}
          value={value('currency')}
          maxLength={3}
          className="uppercase"
        />
      </div>
      {(Object.keys(prefixes) as Dimension[]).map((dimension) => (
        <PriceFields key={dimension} dimension={dimension} value={value} />
      ))}
      <div className="grid items-end gap-x-4 gap-y-3 sm:grid-cols-3">
        <Labelled name="included" label={texts.included} value={value('included')} />
        <Labelled
          name="minimum"
          label={texts.minimum}
          value={value('minimum')}
          placeholder={texts.none}
        />
        <Labelled name="trial" label={texts.trial} value={value('trial')} />
      </div>
      <fieldset>
        <legend className="text-sm font-medium">{texts.billedToo}</legend>
        <div className="mt-1.5 flex flex-wrap gap-x-5 gap-y-2">
          {kinds.map((kind) => (
            <label key={kind} className="flex items-center gap-2.5 text-sm max-sm:min-h-9">
              <input
                type="checkbox"
                name={`billed-${kind}`}
                defaultChecked={value(`billed-${kind}`) !== ''}
                className="box"
              />
              {texts.kinds[kind]}
            </label>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

function Labelled({
  name,
  label,
  value,
  maxLength = 20,
  className = '',
  placeholder,
}: {
  name: string;
  label: string;
  value: string;
  maxLength?: number;
  className?: string;
  placeholder?: string;
}) {
  return (
    <label className="block text-sm font-medium">
      {label}
      <input
        name={name}
        defaultValue={value}
        maxLength={maxLength}
        autoComplete="off"
        placeholder={placeholder}
        className={`${inputClass} ${className}`}
      />
    </label>
  );
}

function PriceFields({
  dimension,
  value,
}: {
  dimension: Dimension;
  value: (name: string) => string;
}) {
  const prefix = prefixes[dimension];
  const { title } = lineTexts[dimension];
  const used = Array.from({ length: stepsMax }, (_, step) => step).filter(
    (step) => value(`${prefix}-${step}-price`) !== '',
  ).length;
  const rows = Math.min(stepsMax, Math.max(1, used) + 1);
  return (
    <fieldset className="space-y-2">
      <legend className="mb-1.5 text-sm font-medium">{title}</legend>
      <table className="-mx-2 w-[calc(100%+1rem)] border-separate border-spacing-x-2 border-spacing-y-1 text-sm">
        <thead>
          <tr className="text-left text-xs text-ink-3">
            <th scope="col" className="font-medium">
              {texts.upTo}
            </th>
            <th scope="col" className="font-medium">
              {texts.price}
            </th>
            <th scope="col" className="font-medium">
              {texts.flat}
            </th>
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, step) => step).map((step) => (
            <tr key={step}>
              <td>
                <input
                  name={`${prefix}-${step}-to`}
                  defaultValue={value(`${prefix}-${step}-to`)}
                  placeholder={texts.end}
                  inputMode="numeric"
                  autoComplete="off"
                  maxLength={12}
                  aria-label={texts.upToNamed(title, step + 1)}
                  className={small}
                />
              </td>
              <td>
                <input
                  name={`${prefix}-${step}-price`}
                  defaultValue={value(`${prefix}-${step}-price`)}
                  inputMode="decimal"
                  autoComplete="off"
                  maxLength={20}
                  aria-label={texts.priceNamed(title, step + 1)}
                  className={small}
                />
              </td>
              <td>
                <input
                  name={`${prefix}-${step}-flat`}
                  defaultValue={value(`${prefix}-${step}-flat`)}
                  inputMode="decimal"
                  autoComplete="off"
                  maxLength={20}
                  aria-label={texts.flatNamed(title, step + 1)}
                  className={small}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {used > 1 ? (
        <label className="block max-w-100 text-xs text-ink-3">
          {texts.mode}
          <select
            name={`${prefix}-mode`}
            defaultValue={value(`${prefix}-mode`)}
            className={inputClass}
          >
            {(['graduated', 'volume'] as const).map((mode) => (
              <option key={mode} value={mode}>
                {texts.modes[mode]}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <p className="text-xs text-ink-3">{texts.stepHint}</p>
    </fieldset>
  );
}
