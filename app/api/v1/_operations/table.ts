import type { ApiContext } from '#app/_server/api.ts';
import type { Operation } from '#lib/api/operation.ts';
import { auditOperations } from './audit.ts';
import { customerOperations } from './customers.ts';
import { exportOperations } from './exports.ts';
import { mailOperations } from './mail.ts';
import { mailboxOperations } from './mailboxes.ts';
import { restoreOperations } from './restores.ts';
import { runOperations } from './runs.ts';
import { searchOperations } from './search.ts';
import { usageOperations } from './usage.ts';

/** Everything the API can do. Its routes, its checks, its document and its page are made of this. */
export const operations: readonly Operation<ApiContext>[] = [
  ...customerOperations,
  ...mailboxOperations,
  ...mailOperations,
  ...searchOperations,
  ...runOperations,
  ...restoreOperations,
  ...exportOperations,
  ...usageOperations,
  ...auditOperations,
];
