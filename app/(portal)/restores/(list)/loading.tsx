import { restoreListTexts } from '#app/_texts/restores.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';

export default function Loading() {
  return <LoadingPage title={restoreListTexts.title} what={restoreListTexts.loading} />;
}
