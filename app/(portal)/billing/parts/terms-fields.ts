import type { Dimension, PlanTerms, Price } from '#lib/billing/plan.ts';

/** The names of the fields of a plan's terms, as addresses and forms carry them. */
export const prefixes: Record<Dimension, string> = {
  'protected-mailboxes': 'protected',
  'sealed-mailboxes': 'sealed',
  'stored-gib': 'stored',
};

export const kinds = ['shared-unlicensed', 'room', 'equipment'] as const;

/** Steps that a form has room for. */
export const stepsMax = 4;

type Get = (name: string) => string;

/**
 * Terms as somebody filled them in. Numbers that are none stay so, and the schema of terms says it in
 * a sentence; a line without any price is counted and not billed.
 */
export function readTerms(get: Get): unknown {
  return {
    currency: get('currency').trim().toLowerCase(),
    aggregation: get('aggregation'),
    prices: Object.fromEntries(
      Object.entries(prefixes)
        .map(([dimension, prefix]) => [dimension, readPrice(get, prefix)] as const)
        .filter(([, price]) => price !== null),
    ),
    includedGibPerMailbox: whole(get('included'), 0),
    minimum: get('minimum').trim() === '' ? null : get('minimum').trim(),
    trialDays: whole(get('trial'), 0),
    billed: kinds.filter((kind) => get(`billed-${kind}`) !== ''),
  };
}

function readPrice(get: Get, prefix: string): unknown {
  const tiers = Array.from({ length: stepsMax }, (_, step) => ({
    upTo: get(`${prefix}-${step}-to`).trim(),
    unitPrice: get(`${prefix}-${step}-price`).trim(),
    flat: get(`${prefix}-${step}-flat`).trim(),
  })).filter(({ unitPrice }) => unitPrice !== '');
  if (tiers.length === 0) return null;
  return {
    mode: get(`${prefix}-mode`) === 'volume' ? 'volume' : 'graduated',
    tiers: tiers.map(({ upTo, unitPrice, flat }) => ({
      upTo: upTo === '' ? null : whole(upTo, Number.NaN),
      unitPrice,
      flat: flat === '' ? '0' : flat,
    })),
  };
}

function whole(text: string, otherwise: number): number {
  const trimmed = text.trim();
  return trimmed === '' ? otherwise : Number(trimmed);
}

/** The fields that say these terms. */
export function writeTerms(terms: PlanTerms): Map<string, string> {
  const fields = new Map<string, string>([
    ['currency', terms.currency],
    ['aggregation', terms.aggregation],
    ['included', String(terms.includedGibPerMailbox)],
    ['minimum', terms.minimum ?? ''],
    ['trial', String(terms.trialDays)],
    ...terms.billed.map((kind): [string, string] => [`billed-${kind}`, 'on']),
  ]);
  for (const [dimension, prefix] of Object.entries(prefixes)) {
    writePrice(fields, prefix, terms.prices[dimension as Dimension]);
  }
  return fields;
}

function writePrice(fields: Map<string, string>, prefix: string, price: Price | undefined): void {
  if (price === undefined) return;
  fields.set(`${prefix}-mode`, price.mode);
  for (const [step, { upTo, unitPrice, flat }] of price.tiers.entries()) {
    fields.set(`${prefix}-${step}-to`, upTo === null ? '' : String(upTo));
    fields.set(`${prefix}-${step}-price`, unitPrice);
    fields.set(`${prefix}-${step}-flat`, Number(flat) === 0 ? '' : flat);
  }
}
