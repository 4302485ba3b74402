import { randomUUID } from 'node:crypto';

/** A refusal of Entra, by its AADSTS number (research/graph.md §1.8). */
export class EntraFailure extends Error {
  readonly number: number;
  readonly error: string;
  readonly status: number;

  constructor(number: number, error: string, text: string, status = 400) {
    super(text);
    this.number = number;
    this.error = error;
    this.status = status;
  }
}

function stamp(): string {
  return `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** What goes into `error_description`, with the same tail as the real one. */
export function describe(failure: EntraFailure, correlation: string = randomUUID()): string {
  return `AADSTS${failure.number}: ${failure.message} Trace ID: ${randomUUID()} Correlation ID: ${correlation} Timestamp: ${stamp()}`;
}

export function failureBody(failure: EntraFailure, correlation: string = randomUUID()) {
  const trace = randomUUID();
  return {
    error: failure.error,
    error_description: `AADSTS${failure.number}: ${failure.message}\r\nTrace ID: ${trace}\r\nCorrelation ID: ${correlation}\r\nTimestamp: ${stamp()}`,
    error_codes: [failure.number],
    timestamp: stamp(),
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${failure.number}`,
  };
}
