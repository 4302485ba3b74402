import { invalid } from '../http/failures.ts';

/** Those that an account can bill in, as Stripe lists them. */
const known = new Set(
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jpy kes kgs khr kmf krw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw'.split(
    ' ',
  ),
);

export function mustKnowCurrency(currency: string, param = 'currency'): void {
  if (known.has(currency)) return;
  throw invalid(
    `Invalid currency: ${currency}. Stripe currently supports these currencies: ${[...known].join(', ')}`,
    param,
  );
}
