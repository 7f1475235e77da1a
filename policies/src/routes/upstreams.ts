import { routeProblem } from './problem.ts';
import type { RouteProblem } from './problem.ts';
import type { RouteFile } from './schema.ts';
import type { YamlFile } from './yaml-file.ts';

/** The origins of a file's upstreams by name, overridden by `app.name` where `overrides` says so. */
export const readUpstreams = (
  yaml: YamlFile,
  { app, upstreams }: RouteFile,
  overrides: Readonly<Record<string, string>>,
): { readonly origins: ReadonlyMap<string, string>; readonly problems: readonly RouteProblem[] } => {
  const origins = new Map<string, string>();
  const problems: RouteProblem[] = [];
  for (const [name, written] of Object.entries(upstreams)) {
    const key = `${app}.${name}`;
    for (const origin of Object.hasOwn(overrides, key) ? [written, overrides[key] ?? ''] : [written]) {
      const read = readOrigin(origin);
      if (read === undefined)
        problems.push(
          routeProblem(
            yaml.file,
            yaml.at(['upstreams', name]),
            `"${origin}" is not an origin: http:// or https://, a host and perhaps a port, nothing behind`,
          ),
        );
      // An upstream that does not load stays known by name, so that the rules which use it raise no second problem.
      origins.set(name, read ?? '');
    }
  }
  return { origins, problems };
};

/** `http://127.0.0.1:4402`, without user, path, query or trailing slash; undefined when it is anything else. */
const readOrigin = (text: string): string | undefined => {
  if (!/^https?:\/\/[^/?#@\s\\]+$/i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text).origin;
};
