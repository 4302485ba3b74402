import { redirect } from 'next/navigation';
import { paths, type RestoreStep } from '#app/paths.ts';
import { loadNamed } from './parts/load-named.ts';
import type { NamedRestore } from './parts/named-restore.ts';

/** Leads to the step at which the restore is; lists and letters link here. */
export default async function RestorePage({
  params,
}: {
  params: Promise<{ tenantId: string; restoreId: string }>;
}) {
  const { tenantId, restoreId } = await params;
  const restore = await loadNamed(tenantId, restoreId);
  redirect(paths.restoreStep(tenantId, restoreId, stepOf(restore)));
}

function stepOf({ state, startedAt }: NamedRestore): RestoreStep {
  switch (state) {
    case 'draft':
      return 'where';
    case 'planning':
    case 'planned':
      return 'plan';
    case 'running':
    case 'verifying':
      return 'run';
    default:
      return startedAt === null ? 'plan' : 'verify';
  }
}
