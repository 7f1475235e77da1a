/** A piece of an object's id: text, or where its value comes from. `account` is the acting account's id. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'query'; readonly name: string }
  | { readonly kind: 'account' };

/** `content:quantum.algorithm/{id}`: the type, and the parts that make the id. */
export type ObjectTemplate = { readonly type: string; readonly parts: readonly Part[]; readonly text: string };

/** `can_view on content:quantum.algorithm/{id} within organization:{org}` */
export type PermissionSentence = {
  readonly kind: 'permission';
  readonly relation: string;
  readonly object: ObjectTemplate;
  readonly within?: ObjectTemplate;
};

/** What a rule demands, as written after `allow:`. */
export type Sentence =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'nobody' }
  | PermissionSentence
  | { readonly kind: 'any'; readonly of: readonly Sentence[] }
  | { readonly kind: 'all'; readonly of: readonly Sentence[] };

/** Every demand for a permission in a sentence, in the order of writing. */
export const permissionsIn = (sentence: Sentence): readonly PermissionSentence[] => {
  switch (sentence.kind) {
    case 'everyone':
    case 'signed-in':
    case 'nobody':
      return [];
    case 'permission':
      return [sentence];
    case 'any':
    case 'all':
      return sentence.of.flatMap(permissionsIn);
  }
};

/** The objects that a demand names. */
export const templatesOf = ({ object, within }: PermissionSentence): readonly ObjectTemplate[] =>
  within === undefined ? [object] : [object, within];

/** slug, int, uuid, ulid or token: the alphabet that a parameter's value must obey. */
export type Alphabet = 'slug' | 'int' | 'uuid' | 'ulid' | 'token';

export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string; readonly alphabet: Alphabet }
  | { readonly kind: 'rest' };

/** `*`, `quantum.example`, `*.t.example` (one label) or `{account}.quantum.example`. */
export type HostPattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'exact'; readonly host: string }
  | { readonly kind: 'label'; readonly suffix: string; readonly param?: string; readonly alphabet?: Alphabet };

/** A piece of a text made from a JSON value: text, a path parameter, or what stands under these names in the value. */
export type FieldPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string; readonly alphabet: Alphabet }
  | { readonly kind: 'field'; readonly names: readonly string[]; readonly alphabet: Alphabet };

/** `content:quantum.algorithm/{response.id} titled {response.name} granting owner private` */
export type Registers = {
  /** Behind the application's name: `algorithm`. */
  readonly contentKind: string;
  /** What makes the id behind `algorithm/`. A value outside its alphabet is refused. */
  readonly id: readonly FieldPart[];
  /** Alphabets do not count here. */
  readonly title?: readonly FieldPart[];
  /** What the caller becomes on the new object, beside what the workspace gives. */
  readonly granting?: 'owner' | 'maintainer';
  /** True = no `audience` tuple: the workspace's people do not see it. */
  readonly isPrivate: boolean;
  readonly text: string;
};

/** `items[*] by can_view on content:quantum.algorithm/{id}`: names that lead to an array, and what is asked of each element. */
export type Filter = {
  /** Names of objects from the top down to the array; none when the answer itself is the array. */
  readonly list: readonly string[];
  readonly relation: string;
  readonly type: string;
  /** Behind `type:`; fields are those of one element. */
  readonly id: readonly FieldPart[];
  readonly text: string;
};

export type CredentialKind = 'session' | 'token' | `jwt:${string}`;

/** Which headers tell the application who calls. */
export type IdentityPreset = 'gatehouse' | 'remote-user' | 'x-auth-request';

/** Changes to the headers that go to the application. Names are lower-case and never managed ones. */
export type HeaderChanges = {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
};

/**
 * What a rule does beside allowing. Absent = the default of the page: no effect, every credential, `gatehouse` headers,
 * JSON for 401, encoded slashes refused, live.
 */
export type RuleOptions = {
  /** Asked on the acting account in place of what the effects ask of their own accord. */
  readonly acting?: string;
  readonly registers?: Registers;
  readonly forgets?: ObjectTemplate;
  readonly filter?: Filter;
  /** The usage metric that a 2xx answer counts towards. */
  readonly meter?: string;
  readonly credentials?: readonly CredentialKind[];
  /** How long a decision may be kept; 0 = never, absent = as long as the cache keeps any. */
  readonly cacheMsMax?: number;
  /** How many leading segments of the canonical path do not go to the application. */
  readonly stripSegments?: number;
  readonly headers?: HeaderChanges;
  readonly identity?: IdentityPreset;
  readonly on401?: 'login' | 'json';
  /** True = `%2f` may stand inside a parameter's value. */
  readonly allowsEncodedSlash?: boolean;
  /** `shadow`: answers as if the rule were not there, and logs what it would have said. */
  readonly mode?: 'live' | 'shadow';
  /** Evaluated beside `allow` and logged; never changes the answer. */
  readonly candidate?: Sentence;
  /** Origins whose browsers may read answers; preflights are answered by the gateway. */
  readonly cors?: readonly string[];
};

/** One method of one key of a route file, checked and ready to be matched. Immutable. */
export type Rule = RuleOptions & {
  /** Stable and readable: `quantum GET /algorithms/{id}`, with the host when it is not `*`. Stands in every decision record. */
  readonly id: string;
  readonly app: string;
  readonly method: string;
  readonly host: HostPattern;
  readonly path: readonly Segment[];
  readonly allow: Sentence;
  /** Origin of the upstream: scheme, host and port, no path and no trailing slash. */
  readonly upstream: string;
  readonly bodyBytesMax: number;
  readonly timeoutMs: number;
  readonly file: string;
  readonly line: number;
};
