import { auditTexts } from '#app/_texts/audit.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';

export default function Loading() {
  return <LoadingPage title={auditTexts.title} what="entries" rows={14} />;
}
