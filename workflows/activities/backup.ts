import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { BackupActivities } from '#lib/jobs/contract.ts';
import type { ConnectionProbe } from '#lib/services/connect/probe.ts';
import { proveConnection } from '#lib/services/connect/prove.ts';
import { discoverMailboxes } from '#lib/services/customers/discover-mailboxes.ts';
import type { Engines } from '#lib/services/engines.ts';
import { backupSlice } from '#lib/services/runs/backup-slice.ts';
import { forActivity, type ProcessContext } from './for-activity.ts';

/** Reads from Microsoft with the backup app, and writes the vault. */
export function createBackupActivities(
  process: ProcessContext,
  engines: Engines,
  probe: ConnectionProbe,
): BackupActivities {
  return {
    proveConnection: async (input) => {
      const { linkId, tenantId } = input;
      return await proveConnection(forActivity(process, input), { linkId, tenantId }, probe);
    },
    async discoverMailboxes(input) {
      const { tenantId } = input;
      await discoverMailboxes(
        forActivity(process, input),
        { tenantId },
        probe,
        cancellationSignal(),
      );
    },
    backupMailbox: (input) =>
      backupSlice(
        forActivity(process, input),
        { tenantId: input.tenantId, runId: input.runId, mailboxId: input.mailboxId },
        engines,
        { signal: cancellationSignal(), attempt: activityInfo().attempt },
      ),
  };
}
