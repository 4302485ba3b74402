import { myTexts } from '#app/_texts/my.ts';
import { MyLoading } from '../parts/my-loading.tsx';

export default function Loading() {
  return <MyLoading title={myTexts.find.title} what={myTexts.loading.find} search count={2} />;
}
