import { answer } from '#app/_server/route.ts';
import { stampFleet } from '#lib/services/figures/stamp.ts';

export async function GET(): Promise<Response> {
  return answer(stampFleet);
}
