import type { RouteSource } from '@gatehouse/policies/routes/read-folder';

/** The text of a route file for the host `<app>.example`; its rules begin in line 7. Lines of a rule are parted by `; `. */
export const routeText = (app: string, rules: Readonly<Record<string, string>>): string =>
  [
    'version: 1',
    `app: ${app}`,
    'upstreams: { api: http://127.0.0.1:1 }',
    'params: { account: slug }',
    'hosts:',
    `  ${app}.example:`,
    ...Object.entries(rules).flatMap(([key, lines]) => [
      `    ${key}:`,
      ...lines.split('; ').map((line) => `      ${line}`),
    ]),
    '',
  ].join('\n');

/** The same as a file of its application's name. */
export const routeSource = (app: string, rules: Readonly<Record<string, string>>): RouteSource => ({
  file: `${app}.yaml`,
  bytes: Buffer.from(routeText(app, rules)),
});
