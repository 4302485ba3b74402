import { staffTexts } from '#app/_texts/people.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';

export default function Loading() {
  return <LoadingPage title={staffTexts.title} what="staff" rows={8} />;
}
