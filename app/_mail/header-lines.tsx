/** Every header line as it stands in the message. */
export function HeaderLines({ lines }: { lines: readonly [name: string, value: string][] }) {
  return (
    <dl className="divide-y divide-line rounded-lg border border-line font-mono text-xs">
      {lines.map(([name, value], index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a header may occur twice with one value
          key={index}
          className="grid gap-x-3 px-3 py-1.5 sm:grid-cols-[12rem_1fr]"
        >
          <dt className="break-words text-ink-2">{name}</dt>
          <dd className="break-all">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
