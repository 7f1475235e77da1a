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

/** One method of one key of a route file, checked and ready to be matched. Immutable. */
export type Rule = {
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
