import { csvFile } from '#app/_server/csv.ts';
import { answerFile } from '#app/_server/route.ts';
import { reading } from '#app/_server/viewer.ts';
import { outcomeTexts, coverageTexts as texts } from '#app/_texts/fleet.ts';
import { readCoverageList } from '#app/(portal)/coverage/parts/coverage-list.ts';
import { listCoverage } from '#lib/services/coverage/list.ts';

/** The matrix with a word in each cell; days are those of the viewer's zone, which the head names. */
export async function GET(request: Request): Promise<Response> {
  return answerFile(async (ctx) => {
    const list = readCoverageList(Object.fromEntries(new URL(request.url).searchParams));
    const { zone } = await reading();
    const { days, rows } = await listCoverage(ctx, { zone, days: list.days });
    return csvFile('holdfast-coverage.csv', [
      [`Customer (${zone})`, ...days.map(({ date }) => date), texts.goodDays, 'Days'],
      ...rows.map((row) => [
        row.name,
        ...row.outcomes.map((outcome) => outcomeTexts[outcome]),
        row.good,
        row.of,
      ]),
    ]);
  });
}
