import { fault } from './fault.ts';
import { readName } from './host.ts';
import { isParameterName } from './template.ts';
import type { Fault } from './fault.ts';
import type { Alphabet, HostPattern } from './rule.ts';

export type HostPatternParse = { readonly kind: 'pattern'; readonly pattern: HostPattern } | Fault;

/**
 * Reads a key under `hosts:`: `*`, `quantum.example`, `*.t.example` (one label) or `{account}.t.example`.
 * `alphabetOf` gives a parameter's alphabet.
 */
export const parseHostPattern = (text: string, alphabetOf: (name: string) => Alphabet): HostPatternParse => {
  if (text === '*') return { kind: 'pattern', pattern: { kind: 'any' } };
  const label = /^(\*|\{([^}]*)\})\.(.*)$/s.exec(text);
  if (label === null) return parseExact(text);
  const [, , param, suffix = ''] = label;
  if (param !== undefined && !isParameterName(param)) return fault(`"{${param}}" is not the name of a parameter`);
  const name = readName(suffix);
  if (name === undefined || /^[\d[]/.test(name.slice(name.lastIndexOf('.') + 1)))
    return fault(`"${suffix}" is not the name of a host`);
  if (name !== suffix) return fault(`"${text}" is not in canonical form`, text.replace(suffix, name));
  return {
    kind: 'pattern',
    pattern:
      param === undefined ? { kind: 'label', suffix } : { kind: 'label', suffix, param, alphabet: alphabetOf(param) },
  };
};

/** The same for patterns that match the same hosts, whatever their parameter is called. */
export const hostShape = (pattern: HostPattern): string => {
  switch (pattern.kind) {
    case 'any':
      return '*';
    case 'exact':
      return pattern.host;
    case 'label':
      return `*.${pattern.suffix}`;
  }
};

const parseExact = (text: string): HostPatternParse => {
  const name = readName(text);
  if (name === text) return { kind: 'pattern', pattern: { kind: 'exact', host: text } };
  if (name !== undefined) return fault(`"${text}" is not in canonical form`, name);
  const address = readName(`[${text}]`);
  if (address !== undefined) return fault(`"${text}" is not a host; write an address of IPv6 in brackets`, address);
  const withoutPort = readName(text.replace(/:\d+$/, ''));
  if (withoutPort !== undefined) return fault(`"${text}" names a port; hosts are matched without it`, withoutPort);
  return fault(`"${text}" is not a host; write a name, "*", "*.name" or "{parameter}.name"`);
};
