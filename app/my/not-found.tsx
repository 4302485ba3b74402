import { stateTexts } from '#app/_texts/frame.ts';
import { Missing } from '#app/_ui/missing.tsx';
import { paths } from '#app/paths.ts';

/** People of customers go back to their own mail. */
export default function MyNotFound() {
  return <Missing href={paths.my()} word={stateTexts.toMail} />;
}
