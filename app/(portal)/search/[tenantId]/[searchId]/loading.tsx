import { searchTexts } from '#app/_texts/search.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';

export default function Loading() {
  return <LoadingPage title={searchTexts.title} what="messages" rows={12} />;
}
