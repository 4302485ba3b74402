import Link from 'next/link';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { span } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { cancel, execute, lookAgain } from '../../../actions.ts';
import { BigAct } from '../../../parts/big-act.tsx';
import { ActBar, bigAct, Column, pageTitle, rows } from '../../../parts/column.tsx';
import { Lines } from './lines.tsx';
import { type MyRestore, pathWords } from './my-restore.ts';

const texts = myTexts.restore;

/** What goes back where, and what is there already; one button. */
export function PlanPage({ restore, fresh }: { restore: MyRestore; fresh: boolean }) {
  const { plan, id, one, elsewhere, targetName } = restore;
  if (plan === null) return null;
  const fields = { restoreId: id };
  const nothing = plan.write === 0;
  const left = plan.present + plan.changed;
  return (
    <>
      <Column className="space-y-5">
        <div>
          <h1 className={pageTitle}>
            {nothing
              ? texts.nothing
              : elsewhere
                ? texts.planInto(plan.write, one, targetName)
                : texts.planTitle(plan.write, one)}
          </h1>
          <p className="mt-1 text-ink-2">
            {nothing ? (left > 0 ? texts.nothingNote : null) : texts.nothingYet}
          </p>
        </div>
        {nothing ? null : (
          <section>
            <h2 className="mb-2 font-semibold">{texts.goes}</h2>
            <ul className={rows}>
              {plan.folders
                .filter(({ write }) => write > 0)
                .map((folder) => (
                  <li key={folder.path} className="flex items-center gap-3 px-4 py-3">
                    <Icon name="folder" className="size-5 text-ink-3" />
                    <span className="min-w-0 flex-1 font-medium break-words">
                      {pathWords(folder.path)}
                    </span>
                    <span className="text-base whitespace-nowrap text-ink-2">
                      {texts.willWrite(folder.write, one)}
                    </span>
                  </li>
                ))}
            </ul>
          </section>
        )}
        <ul className="space-y-2 text-base text-ink-2">
          {plan.present > 0 ? <Fact icon="equal">{texts.present(plan.present)}</Fact> : null}
          {plan.changed > 0 ? <Fact icon="copy">{texts.changed(plan.changed)}</Fact> : null}
          {plan.cannot > 0 ? <Fact icon="x">{texts.cannot(plan.cannot)}</Fact> : null}
          {nothing ? null : (
            <>
              <Fact icon="shield">{texts.elseNothing}</Fact>
              <Fact icon="clock">{texts.takes(duration(plan))}</Fact>
            </>
          )}
        </ul>
        <Lines restore={restore} />
        {fresh || nothing ? null : (
          <Notice tone="late" icon="clock">
            {texts.notFresh}
          </Notice>
        )}
      </Column>
      <ActBar>
        {nothing ? (
          <Link href={paths.my()} prefetch={false} className={bigAct}>
            {texts.another}
          </Link>
        ) : fresh ? (
          <>
            <BigAct action={execute} fields={fields}>
              <Icon name="undo" className="size-4" />
              {elsewhere
                ? texts.executeInto(plan.write, one, targetName)
                : texts.execute(plan.write, one)}
            </BigAct>
            <BigAct action={cancel} fields={fields} quiet className="border-0">
              {texts.cancel}
            </BigAct>
          </>
        ) : (
          <BigAct action={lookAgain} fields={fields}>
            {texts.again}
          </BigAct>
        )}
      </ActBar>
    </>
  );
}

function Fact({
  icon,
  children,
}: {
  icon: 'equal' | 'copy' | 'x' | 'shield' | 'clock';
  children: string;
}) {
  return (
    <li className="flex items-start gap-3">
      <Icon name={icon} className="mt-0.5 size-4 text-ink-3" />
      {children}
    </li>
  );
}

function duration(plan: { durationMinS: number; durationMaxS: number }): string {
  const low = span(plan.durationMinS * 1000);
  const high = span(plan.durationMaxS * 1000);
  return low === high ? texts.about(high) : texts.between(low, high);
}
