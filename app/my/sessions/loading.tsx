import { myTexts } from '#app/_texts/my.ts';
import { MyLoading } from '../parts/my-loading.tsx';

export default function Loading() {
  return <MyLoading title={myTexts.sessions.title} what={myTexts.loading.sessions} count={2} />;
}
