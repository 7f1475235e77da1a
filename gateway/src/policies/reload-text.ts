import type { Reloaded } from './live-policies.ts';

/** What an operator is told of a reload, on the terminal and by the command: every problem on a line of its own. */
export const reloadText = (reloaded: Reloaded): string => [...lines(reloaded), ...modelLines(reloaded)].join('\n');

const lines = (reloaded: Reloaded): readonly string[] => {
  const digest = reloaded.digest.slice(0, 12);
  switch (reloaded.kind) {
    case 'swapped':
      return [
        `The route policies are reloaded: ${rulesText(reloaded.rules)} in force (${digest}).`,
        ...reloaded.warnings.map((warning) => `  warning: ${warning}`),
      ];
    case 'unchanged':
      return [`The route policies on disk are those in force: ${rulesText(reloaded.rules)} (${digest}).`];
    case 'refused':
      return [
        `The route policies on disk cannot be used; those of before stay in force, whole (${digest}):`,
        ...reloaded.problems.map((problem) => `  ${problem}`),
      ];
  }
};

const rulesText = (count: number): string => `${count} ${count === 1 ? 'rule' : 'rules'}`;

const modelLines = ({ modelHasChanged }: Reloaded): readonly string[] =>
  modelHasChanged ? ['The files of the authorization model have changed since the start: restart to use them.'] : [];
