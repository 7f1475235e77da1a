type Bundle = Readonly<Record<string, readonly string[]>>;

/** For each scope the permissions by type of the object asked about. `content` stands for every type that holds content, a team's own types included. */
const bundles = {
  'content:read': { content: ['can_view'], workspace: ['can_view'], organization: ['can_view_content'] },
  'content:run': {
    content: ['can_execute', 'can_run'],
    organization: ['can_run', 'can_use_credentials'],
    provider_credential: ['can_use'],
  },
  'content:write': {
    content: ['can_edit', 'can_submit'],
    workspace: ['can_create_content', 'can_edit'],
    organization: ['can_create_content', 'can_edit_content'],
  },
  'content:delete': { content: ['can_delete'], organization: ['can_delete_content'] },
  'account:read': { workspace: ['can_view'], organization: ['can_view', 'can_view_members'] },
} as const satisfies Readonly<Record<string, Bundle>>;

/** The types that hold no content: no `content:` scope reaches them unless a bundle names them. */
const accountTypes: ReadonlySet<string> = new Set([
  'user',
  'service_account',
  'platform',
  'team',
  'organization',
  'workspace',
  'provider_credential',
]);

/**
 * What a token may be narrowed to: named bundles of permissions. A token never widens what its owner may do; a scope
 * that is not listed here grants nothing. `app:<app>` opens an application's `signed-in` routes and no permission.
 *
 * True when one of the scopes covers the permission `relation` on an object of `type`.
 */
export const scopeAllows = (scopes: readonly string[], relation: string, type: string): boolean => {
  if (scopes.includes('all')) return true;
  const key = accountTypes.has(type) ? type : 'content';
  return scopes.some((scope) => bundleOf(scope)?.[key]?.includes(relation) ?? false);
};

/** True when the scopes let a token use an application's `signed-in` routes. */
export const scopeOpensApp = (scopes: readonly string[], app: string): boolean =>
  scopes.includes('all') || scopes.includes(`app:${app}`);

const bundleOf = (scope: string): Bundle | undefined =>
  Object.hasOwn(bundles, scope) ? bundles[scope as keyof typeof bundles] : undefined;

/** Every scope but `app:<app>`. */
export const scopeNames: readonly string[] = ['all', ...Object.keys(bundles)];

/** True for a scope that grants something; for configuration, where a typo would take rights away in silence. */
export const isScope = (text: string): boolean =>
  scopeNames.includes(text) || /^app:[a-z0-9][a-z0-9-]{0,62}$/.test(text);
