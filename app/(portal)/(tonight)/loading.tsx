import { tonightTexts as texts } from '#app/_texts/fleet.ts';
import { Bar, Loading, Rows } from '#app/_ui/skeleton.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';

const cards = [0, 1, 2, 3];

/** The frame and the heading at once, and what follows at its height. */
export default function TonightLoading() {
  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} />
      <div className="px-4 pt-5 pb-4 max-sm:pt-3 max-sm:pb-3 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
      </div>
      <Loading what={texts.parts.incidents}>
        <div className="grid grid-cols-1 content-start gap-x-8 gap-y-6 px-4 pb-8 sm:px-6 wide:grid-cols-[minmax(0,1fr)_23.125rem]">
          <div className="divide-y divide-line rounded-lg border border-line">
            {cards.map((card) => (
              <div key={card} className="flex h-28 gap-3 px-4 py-4">
                <Bar className="size-8 rounded-full!" />
                <div className="min-w-0 flex-1 space-y-3">
                  <Bar className="h-4 w-64 max-w-full" />
                  <Bar className="h-3 w-96 max-w-full" />
                  <Bar className="ml-auto h-8 w-32" />
                </div>
              </div>
            ))}
          </div>
          <div className="space-y-6">
            <div className="h-36 rounded-lg border border-line" />
            <Rows count={12} />
          </div>
        </div>
      </Loading>
    </>
  );
}
