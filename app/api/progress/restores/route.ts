import { answer } from '#app/_server/route.ts';
import { stampRestores } from '#lib/services/restores/stamp.ts';

export async function GET(): Promise<Response> {
  return answer(stampRestores);
}
