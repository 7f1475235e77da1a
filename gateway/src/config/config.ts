import { z } from 'zod';
import { parseAddress } from './address.ts';
import type { Address } from './address.ts';

const address = (text: string, context: z.RefinementCtx): Address => {
  const parsed = parseAddress(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `"${text}" is no address; write HOST:PORT, e.g. 127.0.0.1:4400` });
  return z.NEVER;
};

const addresses = (text: string, context: z.RefinementCtx): Address[] =>
  text.split(',').map((one) => address(one, context));

const origin = (text: string, context: z.RefinementCtx): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search) return url.origin;
  context.addIssue({ code: 'custom', message: `"${text}" is no origin; write http://HOST:PORT without a path` });
  return z.NEVER;
};

const secretBytesMin = 32;

const secrets = (text: string, context: z.RefinementCtx): string[] => {
  const list = text.split(',').map((one) => one.trim());
  if (list.every((one) => Buffer.byteLength(one) >= secretBytesMin)) return list;
  // The value itself is never repeated: messages end up in logs.
  context.addIssue({ code: 'custom', message: `each secret needs at least ${secretBytesMin} bytes` });
  return z.NEVER;
};

const onOff = z.enum(['on', 'off']);

/** Every variable with its default, its bounds and its description. `gatehouse serve --help` prints this table. */
export const variables = {
  GATEHOUSE_LISTEN: z.string().default('127.0.0.1:4400').transform(address).describe('where applications are served'),
  GATEHOUSE_CONTROL_LISTEN: z
    .string()
    .default('127.0.0.1:4401,[::1]:4401')
    .transform(addresses)
    .describe('where console, health and metrics are served; a comma list'),
  GATEHOUSE_CONTROL_ORIGIN: z
    .string()
    .transform(origin)
    .optional()
    .describe('public origin of control; localhost with the port that control listens on when absent'),
  GATEHOUSE_DATA: z.string().min(1).default('.gatehouse').describe('folder of database, secret, lock and logs'),
  GATEHOUSE_POLICIES: z.string().min(1).default('policies').describe('folder with model/ and routes/'),
  GATEHOUSE_SECRET: z
    .string()
    .transform(secrets)
    .optional()
    .describe('comma list, newest first; made in the data folder when absent'),
  GATEHOUSE_DEMO: onOff.optional().describe('demo people, content and example application; on by default on loopback'),
  GATEHOUSE_UPSTREAM_CLIENT: z
    .enum(['own', 'undici'])
    .default('own')
    .describe('what speaks to applications; undici is slower and less strict about what they answer'),
  GATEHOUSE_EXAMPLE_LISTEN: z
    .string()
    .default('127.0.0.1:4402')
    .transform(address)
    .describe("where the demo's example application listens"),
} as const;

const schema = z.object(variables);

export type Config = z.output<typeof schema>;

export type ConfigRead =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Variables that later versions bring. Setting one today must not look as if it worked. */
const notYet = [
  'DATABASE_URL',
  'REDIS_URL',
  'OPENFGA_API_URL',
  'OPENFGA_API_TOKEN',
  'OPENFGA_STORE_ID',
  'SMTP_URL',
  'GATEHOUSE_OPENFGA_LISTEN',
  'GATEHOUSE_OPENFGA_API_KEY',
  'GATEHOUSE_TRUSTED_PEERS',
  'GATEHOUSE_VAULT_KEY',
  'GATEHOUSE_WORKERS',
];

/** Reads the environment. Empty text counts as absent. */
export const readConfig = (environment: Readonly<Record<string, string | undefined>>): ConfigRead => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const problems = [...unknownNames(given), ...notYet.filter((name) => given[name] !== undefined).map(tooEarly)];
  const read = schema.safeParse(given);
  if (!read.success) problems.push(...read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  return read.success && problems.length === 0 ? { kind: 'config', config: read.data } : { kind: 'refused', problems };
};

const tooEarly = (name: string): string => `${name}: not supported yet; this version runs on the embedded engines only`;

/** A misspelt variable would silently leave its default in force. */
const unknownNames = (given: Readonly<Record<string, string | undefined>>): string[] =>
  Object.keys(given)
    .filter((name) => name.startsWith('GATEHOUSE_') && !(name in variables) && !notYet.includes(name))
    .map((name) => `${name}: no such variable; there are ${Object.keys(variables).join(', ')}`);
