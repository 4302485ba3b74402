import { myTexts } from '#app/_texts/my.ts';
import { MyLoading } from '../../../parts/my-loading.tsx';

export default function Loading() {
  return <MyLoading title={myTexts.mailboxes.title} what={myTexts.loading.mailboxes} count={8} />;
}
