import { iconShapes } from '#app/_ui/icon-shapes.ts';
import type { CellOutcome } from '#app/_ui/outcome-cell.tsx';
import { escaped } from './row-markup.ts';

const picture = (box: number, size: string, inner: string) =>
  `<svg viewBox='0 0 ${box} ${box}' fill='none' stroke='currentColor' stroke-width='1.75' stroke-linecap='round' stroke-linejoin='round' aria-hidden='true' class='shrink-0 ${size}'>${inner}</svg>`;

const icon = (name: keyof typeof iconShapes, size = 'size-3.5') =>
  picture(
    24,
    size,
    iconShapes[name]
      .map(
        ([tag, attributes]) =>
          `<${tag} ${Object.entries(attributes)
            .map(([key, value]) => `${key}='${escaped(value)}'`)
            .join(' ')}/>`,
      )
      .join(''),
  );

/** As `OutcomeCell` draws them; a good day is a dot drawn by its class alone. */
export const cellGlyphs: Record<CellOutcome, string> = {
  good: '',
  none: '',
  gaps: picture(
    16,
    'size-3.5',
    "<circle cx='8' cy='8' r='5.5'/><path d='M8 2.5a5.5 5.5 0 0 1 0 11z' fill='currentColor' stroke='none'/>",
  ),
  late: icon('clock'),
  failed: icon('x'),
  running: picture(16, 'spin size-3.5', "<path d='M8 2a6 6 0 1 0 6 6'/>"),
  paused: icon('pause', 'size-3'),
  unknown: icon('help'),
};
