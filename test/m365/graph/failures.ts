/** A refusal of Graph, with the code that its real counterpart uses (research/graph.md §7.2). */
export class GraphFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const itemNotFound = () =>
  new GraphFailure(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');

export const folderNotFound = () =>
  new GraphFailure(
    404,
    'ErrorFolderNotFound',
    'The specified folder could not be found in the store.',
  );

export const syncFolderNotFound = () =>
  new GraphFailure(
    404,
    'ErrorSyncFolderNotFound',
    'The specified folder could not be found in the store.',
  );

export const idMalformed = () =>
  new GraphFailure(400, 'ErrorInvalidIdMalformed', 'Id is malformed.');

export const accessDenied = () =>
  new GraphFailure(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');

export const badRequest = (message: string, code = 'BadRequest') =>
  new GraphFailure(400, code, message);

export function failureBody(failure: GraphFailure, requestId: string, clientRequestId: string) {
  return {
    error: {
      code: failure.code,
      message: failure.message,
      innerError: {
        date: new Date().toISOString().slice(0, 19),
        'request-id': requestId,
        'client-request-id': clientRequestId,
      },
    },
  };
}
