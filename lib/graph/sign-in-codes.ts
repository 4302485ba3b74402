import { AppError, type ErrorCode } from '#lib/core/errors.ts';

interface Meaning {
  code: ErrorCode;
  sentence: string;
  retryable?: boolean;
}

const notConsented: Meaning = {
  code: 'consent.missing',
  sentence:
    'The organisation has not consented to this application, or has removed it. An administrator there has to connect it again.',
};
const switchedOff: Meaning = {
  code: 'consent.missing',
  sentence:
    'The application is switched off in the organisation. An administrator there has to allow sign-in for it again.',
};
const ourCredential: Meaning = {
  code: 'credential.invalid',
  sentence:
    'Microsoft does not accept the certificate or secret of this application. It affects every customer; renew it in the app registration and in the configuration.',
};
const ourRegistration: Meaning = {
  code: 'credential.invalid',
  sentence: 'The app registration does not fit this request. The operator has to correct it.',
};
const blocked: Meaning = {
  code: 'source.refused',
  sentence: 'A security policy of the organisation blocks the application.',
};

/** research/graph.md §1.8. Only the number decides; the text of Microsoft's message may change. */
const meanings: ReadonlyMap<number, Meaning> = new Map([
  ...[700016, 7000229, 65001].map((number) => [number, notConsented] as const),
  ...[7000112, 70001, 1000031].map((number) => [number, switchedOff] as const),
  ...[7000215, 7000222, 7000218, 70002, 50012, 50013, 500133, 700027, 700030, 700024].map(
    (number) => [number, ourCredential] as const,
  ),
  ...[50194, 500011, 70011, 900144, 650051, 650052, 650056, 650057, 65005, 900382, 900432].map(
    (number) => [number, ourRegistration] as const,
  ),
  ...[53003, 530032].map((number) => [number, blocked] as const),
  [
    90002,
    {
      code: 'source.gone',
      sentence: 'Microsoft knows no organisation with this id: it was deleted, or the id is wrong.',
    },
  ],
  [
    900023,
    { code: 'input.invalid', sentence: 'This is not the id of an organisation at Microsoft.' },
  ],
  [
    90038,
    {
      code: 'input.invalid',
      sentence: 'The organisation lives in another national cloud of Microsoft.',
    },
  ],
  [
    90055,
    {
      code: 'throttled',
      sentence: 'Microsoft is slowing down sign-ins of this organisation.',
      retryable: true,
    },
  ],
  [
    50196,
    {
      code: 'throttled',
      sentence: 'Microsoft refuses because this application asked for tokens too often.',
      retryable: true,
    },
  ],
]);

/**
 * What a refusal of the token endpoint means for us.
 * @param numbers `error_codes` of the answer, or those found in its text as `AADSTS…`
 */
export function signInRefusal(numbers: readonly number[], cause?: unknown): AppError {
  for (const number of numbers) {
    const meaning = meanings.get(number);
    if (!meaning) continue;
    return new AppError(meaning.code, meaning.sentence, {
      data: { aadsts: number },
      retryable: meaning.retryable ?? false,
      ...(meaning.code === 'throttled' ? { retryAfterMs: 60_000 } : {}),
      cause,
    });
  }
  return new AppError('source.refused', 'Microsoft refused to sign this application in.', {
    data: { aadsts: numbers[0] ?? 0 },
    cause,
  });
}
