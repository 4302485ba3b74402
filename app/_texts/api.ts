/** The API as people read it: in its document, on its page, and where keys are made. */
export const apiTexts = {
  introduction: [
    'The verbs of the portal for programs.',
    'Send a key of the portal as `Authorization: Bearer`. A key has scopes, and may be bound to some customers; what lies outside looks as if it were not there.',
    'Lists come in pages: give `next` as `cursor`. Refusals are problem documents (RFC 9457) whose `errors` name each field by JSON pointer, parameter or header.',
    'A POST with an `Idempotency-Key` is carried out once; the same key with the same request gets the same answer for a day.',
    'Each key draws requests from a bucket; `RateLimit` tells what is left. Fields may be added to answers, and new values to lists of states: be ready for both.',
  ].join('\n\n'),
} as const;
