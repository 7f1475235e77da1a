export type Slug =
  | { readonly kind: 'slug'; readonly slug: string }
  | { readonly kind: 'refused'; readonly reason: 'form' | 'reserved' };

/**
 * Reads a proposed account slug or user name: 2–40 of `[a-z0-9-]`, no hyphen at the ends, nothing that is or looks like
 * a reserved word. It is a path segment, a header value and a label of a host name, so the strictest of them decides:
 * a hyphen in third and fourth place is refused because `xn--` labels are shown as other letters (RFC 5891, 4.2.3.1).
 */
export const readSlug = (text: string): Slug => {
  if (!/^[a-z0-9](?!.--)[a-z0-9-]{0,38}[a-z0-9]$/.test(text)) return { kind: 'refused', reason: 'form' };
  return reservedShapes.has(shape(text)) ? { kind: 'refused', reason: 'reserved' } : { kind: 'slug', slug: text };
};

const reservedWords = [
  // Paths and hosts of ours, and words that a person would take for ours.
  'abuse access account accounts admin administrator administrators api app apps asset assets auth authorization authzen',
  'billing blog cdn check checks console contact contract control cookie cookies dashboard demo dev doc docs download downloads',
  'error errors explain forward-auth gatehouse gateway gtw health healthz help home host hostmaster images inbox info internal',
  'invitation invitations invite invites legal localhost login logout mail me metrics moderator my new news none nobody null',
  'oauth oauth2 official oidc openid openfga operator org organization organizations orgs owner owners password platform',
  'policies policy postmaster pricing privacy profile public readyz register root saml scim search security server service',
  'services session sessions settings sign-in sign-out sign-up signed-in signin signout signup smtp sso staff static status',
  'subdomain support sysadmin system team teams terms test token tokens trpc undefined user users verify webhook webhooks',
  'webmaster well-known workspace workspaces ws wsp www anonymous anyone everybody everyone self this true false',
]
  .join(' ')
  .split(' ');

const lookAlikes: readonly (readonly [RegExp, string])[] = [
  [/-/g, ''],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/[1i]/g, 'l'],
  [/0/g, 'o'],
  [/5/g, 's'],
];

/** Words that can be mistaken for each other have one shape. */
const shape = (text: string): string => lookAlikes.reduce((seen, [like, as]) => seen.replace(like, as), text);

const reservedShapes: ReadonlySet<string> = new Set(reservedWords.map(shape));
