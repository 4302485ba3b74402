import { keysTexts } from '#app/_texts/keys.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';

export default function Loading() {
  return <LoadingPage title={keysTexts.title} what={keysTexts.what} rows={4} tall />;
}
