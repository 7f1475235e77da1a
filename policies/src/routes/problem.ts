import { didYouMean } from '../model/suggest.ts';
import type { Position } from '../yaml-document.ts';

export const fileStart: Position = { line: 1, column: 1 };

/** One thing wrong with a route file, or worth a warning. */
export type RouteProblem = Position & {
  /** Name of the file in its folder; the folder itself when no file is to blame. */
  readonly file: string;
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string;
};

/** `quantum.yaml:12:14: the model has no type "contnet"; did you mean "content"?` */
export const routeProblemText = ({ file, line, column, message, suggestion }: RouteProblem): string =>
  `${file}:${line}:${column}: ${message}${didYouMean(suggestion)}`;

/** Leaves the suggestion out when there is none. */
export const routeProblem = (
  file: string,
  { line, column }: Position,
  message: string,
  suggestion?: string,
): RouteProblem =>
  suggestion === undefined ? { file, line, column, message } : { file, line, column, message, suggestion };
