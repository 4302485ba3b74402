/** The list that Temporal bundles. */
export { backupJobWorkflow } from './backup-job.ts';
export { backupShardWorkflow } from './backup-shard.ts';
export { accountDayWorkflow, billingDayWorkflow } from './billing-day.ts';
export { closePeriodWorkflow } from './close-period.ts';
export { connectCustomerWorkflow } from './connect-customer.ts';
export { exportItemsWorkflow } from './export-items.ts';
export { moveClockWorkflow } from './move-clock.ts';
export { planRestoreWorkflow } from './plan-restore.ts';
export { readItemWorkflow } from './read-item.ts';
export { restoreWorkflow } from './restore.ts';
export { stripeEventWorkflow } from './stripe-event.ts';
