import type { ApiContext } from '#app/_server/api.ts';
import { apiTexts } from '#app/_texts/api.ts';
import type { OpenApiDocument } from '#lib/api/openapi.ts';
import { type Operation, scopesOf } from '#lib/api/operation.ts';
import { schemaLines, schemaType } from '#lib/api/schema-lines.ts';
import { FieldLines } from './field-lines.tsx';
import { Prose } from './prose.tsx';

const texts = apiTexts.page;

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  description?: string;
  schema: Record<string, unknown>;
}

interface Told {
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: Record<string, unknown> }> };
  responses: Record<string, { content?: Record<string, { schema?: Record<string, unknown> }> }>;
}

/** One operation as the document tells it. */
export function OperationEntry({
  operation,
  document,
}: {
  operation: Operation<ApiContext>;
  document: OpenApiDocument;
}) {
  const { id, method, path, summary, description, status, says, media } = operation;
  const told = document.paths[path]![method.toLowerCase()] as unknown as Told;
  const body = told.requestBody?.content['application/json']?.schema;
  const answer = told.responses[status]?.content?.['application/json']?.schema;
  return (
    <article id={id} className="rounded-lg border border-line">
      <header className="border-b border-line px-4 py-3">
        <h3 className="font-semibold">{summary}</h3>
        <p className="mt-1 font-mono text-xs break-all">
          <span className="font-semibold text-accent">{method}</span> /api/v1{path}
        </p>
      </header>
      <div className="space-y-4 px-4 py-3 text-sm">
        {description ? (
          <p className="text-ink-2">
            <Prose text={description} />
          </p>
        ) : null}
        <p className="text-ink-2">
          {texts.scopes(scopesOf(operation).length)}{' '}
          <code className="font-mono text-ink">{scopesOf(operation).join(', ')}</code>
        </p>
        {told.parameters.length > 0 ? (
          <FieldLines
            title={texts.parameters}
            lines={told.parameters.map((parameter) => ({
              name: parameter.name,
              type: schemaType(document, parameter.schema),
              required: parameter.required,
              text: parameter.description ?? '',
              inside: [],
            }))}
          />
        ) : null}
        {body ? <FieldLines title={texts.body} lines={schemaLines(document, body)} /> : null}
        {method === 'POST' && !body ? <p className="text-ink-2">{texts.noBody}</p> : null}
        <FieldLines
          title={texts.answer(String(status))}
          note={media ? `${says}. ${texts.file} ${media.join(' / ')}.` : says}
          lines={answer ? schemaLines(document, answer) : []}
        />
      </div>
    </article>
  );
}
