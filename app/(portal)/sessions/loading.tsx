import { sessionTexts } from '#app/_texts/people.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';

export default function Loading() {
  return <LoadingPage title={sessionTexts.title} what="sessions" rows={4} />;
}
