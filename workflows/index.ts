/** The list that Temporal bundles. */
export { backupJobWorkflow } from './backup-job.ts';
export { backupShardWorkflow } from './backup-shard.ts';
export { connectCustomerWorkflow } from './connect-customer.ts';
export { exportItemsWorkflow } from './export-items.ts';
export { planRestoreWorkflow } from './plan-restore.ts';
export { readItemWorkflow } from './read-item.ts';
export { restoreWorkflow } from './restore.ts';
