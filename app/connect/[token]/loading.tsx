import { connectTexts } from '#app/_texts/connect.ts';
import { Bar, Loading } from '#app/_ui/skeleton.tsx';
import { ConnectFrame } from '../parts/frame.tsx';

/** Any address here is a page, also of a link that is none: nothing is missing behind this. */
export default function ConnectLoading() {
  return (
    <ConnectFrame mspName={null}>
      <Loading what={connectTexts.loading}>
        <Bar className="mb-5 h-7 w-72" />
        <div className="space-y-3">
          <Bar className="h-4 w-full" />
          <Bar className="h-4 w-4/5" />
          <Bar className="h-4 w-3/5" />
        </div>
        <Bar className="mt-8 h-11 w-56" />
      </Loading>
    </ConnectFrame>
  );
}
