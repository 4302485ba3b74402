import { redirect } from 'next/navigation';
import { paths } from '#app/paths.ts';

/** Where the runs of a customer once stood; links to it are kept. */
export default async function CustomerRunsPage({
  params,
}: {
  params: Promise<{ tenantId: string }>;
}) {
  redirect(paths.customerRuns((await params).tenantId));
}
