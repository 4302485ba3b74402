import { customerTexts as texts } from '#app/_texts/customer.ts';
import { Bar, Loading, Rows } from '#app/_ui/skeleton.tsx';

/** Below the head of the customer, which stands already. */
export default function OverviewLoading() {
  return (
    <Loading what={texts.tabs.overview.toLowerCase()}>
      <div className="grid grid-cols-1 content-start gap-x-8 gap-y-6 px-4 py-4 sm:px-6 wide:grid-cols-[minmax(0,1fr)_18.75rem]">
        <div className="space-y-6">
          <div className="h-22 rounded-lg border border-line max-lg:h-44" />
          <div className="space-y-3">
            <Bar className="h-5 w-32" />
            <Bar className="h-6 w-full" />
          </div>
          <div className="space-y-3">
            <Bar className="h-5 w-32" />
            <Bar className="h-16 w-full" />
          </div>
          <Rows count={6} />
        </div>
        <Rows count={6} />
      </div>
    </Loading>
  );
}
