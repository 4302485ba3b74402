const browsers: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bOPR\//, 'Opera'],
  [/\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const machines: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'Mac'],
  [/Linux|X11/, 'Linux'],
];

/** "Chrome on Android", from what a browser calls itself; null where it says nothing we know. */
export function browserWords(agent: string): string | null {
  const name = browsers.find(([pattern]) => pattern.test(agent))?.[1];
  const machine = machines.find(([pattern]) => pattern.test(agent))?.[1];
  if (name === undefined) return machine ?? null;
  return machine === undefined ? name : `${name} on ${machine}`;
}
