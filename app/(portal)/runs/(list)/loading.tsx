import { runTexts } from '#app/_texts/runs.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';

export default function Loading() {
  return <LoadingPage title={runTexts.title} what={runTexts.loading} />;
}
