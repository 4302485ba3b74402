/** The API as people read it: in its document, on its page, and where keys are made. */
export const apiTexts = {
  introduction: [
    'The verbs of the portal for programs.',
    'Send a key of the portal as `Authorization: Bearer`. A key has scopes, and may be bound to some customers; what lies outside looks as if it were not there.',
    'Lists come in pages: give `next` as `cursor`. Refusals are problem documents (RFC 9457) whose `errors` name each field by JSON pointer, parameter or header.',
    'A POST with an `Idempotency-Key` is carried out once; the same key with the same request gets the same answer for a day.',
    'Each key draws requests from a bucket; `RateLimit` tells what is left. So much may be planned, packed or searched for it at a time: beyond that the answer is 429 as well, and nothing was begun. Fields may be added to answers, and new values to lists of states: be ready for both.',
  ].join('\n\n'),
  page: {
    title: 'API',
    heading: 'Holdfast API, version 1',
    contents: 'Contents',
    toKeys: 'Keys in the portal',
    document: 'OpenAPI 3.1 document',
    begin: 'Begin',
    beginText: 'Make a key under Keys in the portal. It is shown once.',
    conventions: 'How it speaks',
    problems: 'Refusals',
    problemsText:
      'Content type application/problem+json. The last part of type is one of these; detail says what happened and what to do.',
    scopes: (count: number) => (count > 1 ? 'Scopes' : 'Scope'),
    parameters: 'Parameters',
    body: 'Body',
    noBody: 'Takes no body.',
    answer: (status: string) => `Answer ${status}`,
    required: 'required',
    file: 'A file of type',
  },
} as const;
