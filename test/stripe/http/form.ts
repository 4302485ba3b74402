import { invalid } from './failures.ts';

/** What a form holds: texts, and objects and lists of them. */
export type Value = string | Value[] | { [key: string]: Value };

/** Reads `a[b]=1&c[0]=2&d[]=3`, the way Stripe's clients write bodies and queries. */
export function readForm(text: string): { [key: string]: Value } {
  const root: Branch = new Map();
  for (const [name, value] of new URLSearchParams(text)) {
    const [head, ...keys] = pathOf(name);
    put(root, [head!, ...keys], value, name);
  }
  return asObject(root);
}

type Branch = Map<string, Branch | string>;

function pathOf(name: string): string[] {
  const open = name.indexOf('[');
  if (open < 0) return [name];
  const rest = [...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]!);
  return [name.slice(0, open), ...rest];
}

function put(branch: Branch, path: string[], value: string, name: string): void {
  if (path.length > 12) throw invalid(`Received a parameter nested too deeply: ${name}`, name);
  const [given, ...rest] = path;
  const key = given === '' ? String(branch.size) : given!;
  if (rest.length === 0) {
    branch.set(key, value);
    return;
  }
  const next = branch.get(key) ?? new Map();
  if (typeof next === 'string') throw invalid(`Invalid hash: ${name} is also a value`, name);
  branch.set(key, next);
  put(next, rest, value, name);
}

function asObject(branch: Branch): { [key: string]: Value } {
  return Object.fromEntries([...branch].map(([key, value]) => [key, asValue(value)]));
}

function asValue(value: Branch | string): Value {
  if (typeof value === 'string') return value;
  const keys = [...value.keys()];
  const list = keys.length > 0 && keys.every((key, index) => key === String(index));
  return list ? [...value.values()].map(asValue) : asObject(value);
}
