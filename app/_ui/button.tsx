import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';

/** The three weights of an act. One primary at most on a page. */
export type Weight = 'primary' | 'secondary' | 'plain';

const weights: Record<Weight, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'border border-line bg-surface text-ink hover:bg-hover',
  plain: 'text-ink-2 hover:bg-hover hover:text-ink',
};

/** `large` is for pages with nothing but one act. */
export function buttonClass(
  weight: Weight = 'secondary',
  more = '',
  size: 'usual' | 'large' = 'usual',
): string {
  const measure =
    size === 'large'
      ? 'h-11 px-5 text-lg font-semibold'
      : 'h-8 px-3 text-sm font-medium max-sm:h-11 max-sm:text-base';
  return `inline-flex items-center justify-center gap-2 rounded-md whitespace-nowrap transition-colors duration-100 aria-disabled:opacity-60 ${measure} ${weights[weight]} ${more}`;
}

export function Button({
  weight,
  className = '',
  type = 'submit',
  ...rest
}: ComponentProps<'button'> & { weight?: Weight }) {
  return <button type={type} className={buttonClass(weight, className)} {...rest} />;
}

export function ButtonLink({
  href,
  weight,
  className = '',
  children,
}: {
  href: string;
  weight?: Weight;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Link href={href} prefetch={false} className={buttonClass(weight, className)}>
      {children}
    </Link>
  );
}
