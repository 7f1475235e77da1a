import { routeFile } from './route-files.ts';

export const ruleParams = 'params: { id: slug, n: int, name: ulid }';

/** A file with one rule on which only the given lines, from line 9 on, stand beside `allow`. */
export const ruleLines = (key: string, lines: string, allow = 'signed-in'): string =>
  routeFile(`"${key}":\n  allow: ${allow}\n${lines.replaceAll(/^/gm, '  ')}`, ruleParams);
