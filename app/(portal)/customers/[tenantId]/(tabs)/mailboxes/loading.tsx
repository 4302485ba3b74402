import { customerTexts as texts } from '#app/_texts/customer.ts';
import { LoadingTab } from '#app/_ui/loading-tab.tsx';

export default function MailboxesLoading() {
  return <LoadingTab what={texts.tabs.mailboxes.toLowerCase()} />;
}
