import { stateTexts } from '#app/_texts/frame.ts';
import { Missing } from '#app/_ui/missing.tsx';
import { paths } from '#app/paths.ts';

/** Staff go back to what needs them. */
export default function PortalNotFound() {
  return <Missing href={paths.home()} word={stateTexts.toTonight} />;
}
