import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';
import { tonightTexts } from '#app/_texts/fleet.ts';
import { Partial } from '#app/_ui/states.tsx';
import { Time } from '#app/_ui/time.tsx';
import { coarse, type Words } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import type { Tonight } from '#lib/services/incidents/tonight.ts';

const texts = tonightTexts.figures;

/** More names than that are a list, which the figure leads to. */
const named = 5;

/** Four numbers about everything, each a way to what is behind it. */
export function FleetFigures({ figures, words }: { figures: Tonight['figures']; words: Words }) {
  const { outside, asOf } = figures;
  const count = outside.reduce((total, it) => total + it.count, 0);
  const counted = asOf !== null;
  return (
    <div>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line">
        <Tile
          href={paths.customers({ show: 'outside' })}
          value={counted ? formatCount(figures.within) : texts.unknown}
          unit={counted ? texts.of(figures.protected) : undefined}
          name={texts.within}
        />
        <Tile
          href={paths.runs({ show: 'unexplained' })}
          value={counted ? formatCount(figures.unexplainedItems) : texts.unknown}
          name={texts.unexplained}
        />
        <Tile
          href={paths.customers({ sort: 'gap' })}
          value={figures.medianGapMs === null ? texts.unknown : coarse(figures.medianGapMs)}
          name={texts.gap}
        />
        <Tile
          href={paths.customers({ sort: 'stored' })}
          value={counted ? formatBytes(figures.storedBytes) : texts.unknown}
          name={texts.stored(formatBytes(figures.rawBytes))}
        />
      </dl>
      <div className="mt-1.5 space-y-1.5 text-xs text-ink-2">
        {count > 0 ? (
          <p>
            <Link
              href={paths.customers({ show: 'outside' })}
              prefetch={false}
              className="number-link"
            >
              {formatCount(count)}
            </Link>{' '}
            {texts.outside}{' '}
            {outside.slice(0, named).map((it, index) => (
              <Fragment key={it.id}>
                {index === 0 ? '' : ', '}
                <Link
                  href={paths.customerMailboxes(it.id, { show: 'outside' })}
                  prefetch={false}
                  className="number-link"
                >
                  {formatCount(it.count)}
                </Link>{' '}
                {it.name}
              </Fragment>
            ))}
            {outside.length > named ? ' …' : '.'}
          </p>
        ) : null}
        {figures.uncounted > 0 ? <p>{texts.uncounted(figures.uncounted)}</p> : null}
        {asOf === null ? null : figures.stale > 0 ? (
          <Partial>{texts.stale(figures.stale, figures.customers, words.short(asOf))}</Partial>
        ) : (
          <p>
            {texts.asOf} <Time at={asOf} as="ago" />.
          </p>
        )}
      </div>
    </div>
  );
}

function Tile({
  href,
  value,
  unit,
  name,
}: {
  href: string;
  value: ReactNode;
  unit?: ReactNode;
  name: string;
}) {
  return (
    <div className="relative flex flex-col-reverse justify-end bg-surface px-4 py-3 hover:bg-canvas">
      <dt className="text-xs text-ink-2">{name}</dt>
      <dd>
        <Link
          href={href}
          prefetch={false}
          className="text-2xl font-semibold tracking-tight after:absolute after:inset-0 max-sm:text-xl"
        >
          {value}
        </Link>
        {unit ? <span className="ml-1.5 text-sm text-ink-2">{unit}</span> : null}
      </dd>
    </div>
  );
}
