import { didYouMean } from './suggest.ts';

/** One thing wrong with a model. `line` counts from 1; 0 when the model has no text (it came as JSON). */
export type ModelProblem = {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  /** The known name nearest to an unknown one. */
  readonly suggestion?: string;
};

/** `core.fga:12: unknown relation "ownr" of organization; did you mean "owner"?` */
export const problemText = ({ file, line, message, suggestion }: ModelProblem): string =>
  `${file}${line > 0 ? `:${line}` : ''}: ${message}${didYouMean(suggestion)}`;

/** The model cannot be used. Carries every problem found, in order of file and line. */
export class ModelError extends Error {
  readonly problems: readonly ModelProblem[];

  constructor(problems: readonly ModelProblem[]) {
    super(problems.map(problemText).join('\n'));
    this.name = 'ModelError';
    this.problems = problems;
  }
}
