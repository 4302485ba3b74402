import { frameTexts } from '#app/_texts/frame.ts';
import { Icon } from '#app/_ui/icon.tsx';
import type { IconName } from '#app/_ui/icon-shapes.ts';
import { paths } from '#app/paths.ts';
import { NavLink } from './nav-link.tsx';

interface NavSection {
  name: keyof typeof frameTexts.names;
  href: string;
  icon: IconName;
  /** Pages that belong to it and stand elsewhere. */
  also?: string;
}

const daily: NavSection[] = [
  { name: 'tonight', href: paths.home(), icon: 'moon' },
  { name: 'customers', href: paths.customers(), icon: 'building', also: '/exports/' },
  { name: 'coverage', href: paths.coverage(), icon: 'grid' },
  { name: 'search', href: paths.search(), icon: 'search' },
  { name: 'runs', href: paths.runs(), icon: 'activity' },
  { name: 'restores', href: paths.restores(), icon: 'restore' },
  { name: 'leavers', href: paths.leavers(), icon: 'leaver' },
];

const seldom: NavSection[] = [
  { name: 'audit', href: paths.audit(), icon: 'scroll' },
  { name: 'billing', href: paths.billing(), icon: 'receipt' },
  { name: 'staff', href: paths.staff(), icon: 'users' },
  { name: 'keys', href: paths.keys(), icon: 'key' },
  { name: 'sessions', href: paths.sessions(), icon: 'devices' },
];

const underTheThumb = new Set<string>(['tonight', 'customers', 'search', 'restores']);

/** The sections of the portal, beside the page. */
export function Rail() {
  return (
    <>
      <ul className="space-y-0.5">{daily.map(railItem)}</ul>
      <ul className="mt-3 space-y-0.5 border-t border-line pt-3">{seldom.map(railItem)}</ul>
    </>
  );
}

/** Four of them and the way to the rest, as tabs under the thumb. */
export function Tabs() {
  const rest = [...daily, ...seldom].filter(({ name }) => !underTheThumb.has(name));
  return (
    <>
      <ul className="flex">
        {daily.filter(({ name }) => underTheThumb.has(name)).map(tabItem)}
        <li className="flex-1">
          <button type="button" popoverTarget="more-sections" className={tabClass}>
            <Icon name="menu" className="size-5" />
            {frameTexts.more}
          </button>
        </li>
      </ul>
      <div
        id="more-sections"
        popover="auto"
        className="fixed inset-x-0 top-auto bottom-0 m-0 w-full rounded-t-xl border-t border-line bg-surface px-2 pt-2 pb-4 text-ink shadow-dialog"
      >
        <ul>
          {rest.map(({ name, href, icon, also }) => (
            <li key={href}>
              <NavLink
                href={href}
                also={also}
                className="flex h-11 items-center gap-3 rounded-md px-3 text-lg text-ink-2 aria-[current]:bg-hover aria-[current]:font-semibold aria-[current]:text-ink"
              >
                <Icon name={icon} className="size-5" />
                {frameTexts.names[name]}
              </NavLink>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

function railItem({ name, href, icon, also }: NavSection) {
  return (
    <li key={href}>
      <NavLink
        href={href}
        also={also}
        className="flex h-7.5 items-center gap-3 rounded-md px-2.5 text-sm font-medium text-ink-2 hover:bg-hover hover:text-ink aria-[current]:bg-hover aria-[current]:font-semibold aria-[current]:text-ink max-wide:justify-center max-wide:px-0"
      >
        <Icon name={icon} className="size-4" />
        <span className="max-wide:sr-only">{frameTexts.names[name]}</span>
      </NavLink>
    </li>
  );
}

const tabClass =
  'flex h-14 w-full flex-col items-center justify-center gap-1 text-[0.6875rem] text-ink-2 aria-[current]:font-semibold aria-[current]:text-ink';

function tabItem({ name, href, icon, also }: NavSection) {
  return (
    <li key={href} className="flex-1">
      <NavLink href={href} also={also} className={tabClass}>
        <Icon name={icon} className="size-5" />
        {frameTexts.names[name]}
      </NavLink>
    </li>
  );
}
