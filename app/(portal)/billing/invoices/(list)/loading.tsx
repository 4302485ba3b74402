import { invoiceTexts as texts } from '#app/_texts/billing.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';

export default function Loading() {
  return <LoadingPage title={texts.title} what={texts.what} rows={6} />;
}
