import { apiTexts } from '#app/_texts/api.ts';
import { type OpenApiDocument, openApiDocument } from '#lib/api/openapi.ts';
import { tags } from './declare.ts';
import { operations } from './table.ts';

const made = new Map<string, OpenApiDocument>();

/** The OpenAPI document of this installation; made once. */
export function apiDocument(portalUrl: string): OpenApiDocument {
  const before = made.get(portalUrl);
  if (before !== undefined) return before;
  const document = openApiDocument(operations, {
    portalUrl,
    introduction: apiTexts.introduction,
    tags,
  });
  made.set(portalUrl, document);
  return document;
}
