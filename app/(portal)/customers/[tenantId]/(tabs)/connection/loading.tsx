import { customerTexts as texts } from '#app/_texts/customer.ts';
import { LoadingTab } from '#app/_ui/loading-tab.tsx';

export default function ConnectionLoading() {
  return <LoadingTab what={texts.tabs.connection.toLowerCase()} />;
}
