import { apiTexts } from '#app/_texts/api.ts';
import type { SchemaLine } from '#lib/api/schema-lines.ts';
import { Prose } from './prose.tsx';

/** Fields one below the other, those inside another set in. */
export function FieldLines({
  title,
  note,
  lines,
}: {
  title: string;
  note?: string;
  lines: SchemaLine[];
}) {
  return (
    <div>
      <h4 className="text-xs font-medium text-ink-3">{title}</h4>
      {note ? <p className="text-ink-2">{note}</p> : null}
      {lines.length > 0 ? <Lines lines={lines} /> : null}
    </div>
  );
}

function Lines({ lines }: { lines: SchemaLine[] }) {
  return (
    <ul className="mt-1 space-y-1">
      {lines.map((line) => (
        <li key={`${line.name} ${line.type}`}>
          <p>
            <code className="font-mono font-medium break-all">{line.name}</code>{' '}
            <span className="text-ink-2 break-words">{line.type}</span>
            {line.required ? <span className="text-ink-3"> {apiTexts.page.required}</span> : null}
            {line.text ? (
              <span className="block text-ink-2">
                <Prose text={line.text} />
              </span>
            ) : null}
          </p>
          {line.inside.length > 0 ? (
            <div className="ml-1 border-l border-line pl-4">
              <Lines lines={line.inside} />
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
