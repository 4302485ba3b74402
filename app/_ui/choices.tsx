import Link from 'next/link';

/** A few ways to look at a list, of which one is on; each is an address. */
export function Choices({
  label,
  choices,
}: {
  label: string;
  choices: { name: string; href: string; on: boolean }[];
}) {
  return (
    <nav
      aria-label={label}
      className="flex flex-wrap rounded-md border border-line bg-canvas p-0.5 text-xs"
    >
      {choices.map(({ name, href, on }) => (
        <Link
          key={name}
          href={href}
          scroll={false}
          prefetch={false}
          aria-current={on ? 'true' : undefined}
          className={`flex h-6.5 items-center rounded-sm border px-2.5 font-medium max-sm:h-10 ${on ? 'border-line bg-surface' : 'border-transparent text-ink-2 hover:text-ink'}`}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

/** Something that narrows a list, and the way to let it go. */
export function Narrowed({ name, drop, href }: { name: string; drop: string; href: string }) {
  return (
    <Link
      href={href}
      prefetch={false}
      className="flex h-7 items-center gap-1.5 rounded-md border border-line bg-surface px-2.5 text-xs font-medium hover:bg-hover max-sm:h-11"
    >
      {name}
      <span aria-hidden>×</span>
      <span className="sr-only">, {drop}</span>
    </Link>
  );
}
