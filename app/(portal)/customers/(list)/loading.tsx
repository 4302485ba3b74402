import { customersTexts as texts } from '#app/_texts/fleet.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';

export default function CustomersLoading() {
  return <LoadingPage title={texts.title} what={texts.loading} rows={16} />;
}
