import { coverageTexts as texts } from '#app/_texts/fleet.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';

export default function Loading() {
  return <LoadingPage title={texts.title} what="coverage" rows={12} />;
}
