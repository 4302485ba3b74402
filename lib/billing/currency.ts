/**
 * The currencies that Stripe charges in, and how many decimals each has there. From Stripe's page
 * "Supported currencies"; HUF, TWD and UGX count as two decimals on invoices.
 */
const zeroDecimals = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '),
);
const threeDecimals = new Set('bhd jod kwd omr tnd'.split(' '));
const twoDecimals = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd ' +
    'cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd ' +
    'hnl hrk htg huf idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk ' +
    'mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd ' +
    'rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx uyu uzs ' +
    'wst xcd yer zar zmw'
  ).split(' '),
);

export function isCurrency(code: string): boolean {
  return twoDecimals.has(code) || zeroDecimals.has(code) || threeDecimals.has(code);
}

/** How many decimals amounts of a currency have: 2 but for the few that have none or three. */
export function decimalsOf(code: string): number {
  return zeroDecimals.has(code) ? 0 : threeDecimals.has(code) ? 3 : 2;
}

/**
 * How many decimals amounts may use at Stripe, which is fewer than the currency has for some: its page
 * "Supported currencies" asks for a last digit of 0 where there are three decimals, and for whole units
 * of ISK and UGX although they count as two. Unverified: read there, not tried with a charge.
 */
export function billedDecimalsOf(code: string): number {
  if (threeDecimals.has(code)) return 2;
  return code === 'isk' || code === 'ugx' ? 0 : decimalsOf(code);
}

/** Where amounts are coarser than the currency, so must every price be that they are sums of. */
export function hasCoarseAmounts(code: string): boolean {
  return billedDecimalsOf(code) < decimalsOf(code);
}
