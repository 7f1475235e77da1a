import type { Username } from './cast.ts';
import { shellLines } from './lines.ts';

export type Screen = {
  readonly version: string;
  readonly readyMs: number;
  readonly applications: string;
  readonly control: string;
  readonly data: string;
  /** Absent without the demo. */
  readonly demo?: { readonly example: string; readonly token: (username: Username) => string };
};

/** What `gatehouse serve` prints when it is ready: addresses, who is who, and lines to try as they stand. */
export const screenText = ({ version, readyMs, applications, control, data, demo }: Screen): string => {
  const head = [
    `Gatehouse ${version} is ready after ${(readyMs / 1_000).toFixed(1)} s. Ctrl-C stops it.`,
    '',
    `  applications  ${applications}${demo === undefined ? '' : `   in front of the example at ${demo.example}`}`,
    `  console       ${control}/console/`,
    `  health        ${control}/readyz`,
    `  data          ${data}   survives a killed process, not a power cut`,
  ];
  return [...head, ...(demo === undefined ? [] : demoText(applications, demo.token)), ''].join('\n');
};

const demoText = (applications: string, token: (username: Username) => string): string[] => [
  '',
  'Try it; each line ends with the answer it gives:',
  '',
  ...shellLines(applications, token),
  '',
  '# and why:',
  'npm run gatehouse -- explain DELETE /algorithms/qft --as max',
];
