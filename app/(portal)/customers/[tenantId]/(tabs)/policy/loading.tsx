import { customerTexts as texts } from '#app/_texts/customer.ts';
import { LoadingTab } from '#app/_ui/loading-tab.tsx';

export default function PolicyLoading() {
  return <LoadingTab what={texts.tabs.policy.toLowerCase()} />;
}
