import { routeProblem } from './problem.ts';
import type { ModelNames } from './check-sentence.ts';
import type { Position } from '../yaml-document.ts';
import type { RouteProblem } from './problem.ts';
import type { Alphabet, HostPattern } from './rule.ts';
import type { RouteFile } from './schema.ts';
import type { YamlFile, YamlPath } from './yaml-file.ts';

/** A file on its way to rules: what is known about it, and what was found so far. */
export type Compiling = {
  readonly yaml: YamlFile;
  readonly data: RouteFile;
  readonly model: ModelNames;
  readonly alphabetOf: (name: string) => Alphabet;
  /** Origins of the upstreams by name. */
  readonly origins: ReadonlyMap<string, string>;
  /** Names of the configured issuers of JWTs; absent = not known here. */
  readonly jwtIssuers: readonly string[] | undefined;
  readonly problems: RouteProblem[];
  readonly warnings: RouteProblem[];
  /** Names of the parameters that stand in paths and hosts, and of the fields that take their alphabets. */
  readonly used: Set<string>;
};

/** One key of a host in the file that is being compiled; `path` leads to it. */
export type Place = {
  readonly compiling: Compiling;
  readonly host: HostPattern;
  readonly hostText: string;
  readonly path: YamlPath;
};

/** Notes a problem; what could not be read is undefined. */
export const addProblem = (
  { yaml, problems }: Compiling,
  at: Position,
  message: string,
  suggestion?: string,
): undefined => {
  problems.push(routeProblem(yaml.file, at, message, suggestion));
  return undefined;
};
