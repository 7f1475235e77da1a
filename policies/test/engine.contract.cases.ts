/**
 * What every engine must answer. `types` is a model in DSL without header, `tuples` and `asks` are read
 * `subject relation object`; an ask ends with its verdict, or with the code of its failure.
 */
export type Case = {
  readonly title: string;
  readonly types: string;
  readonly tuples: readonly string[];
  readonly asks: readonly string[];
};

export const documents = `
type user
type bot
type group
  relations
    define member: [user, user:*, group#member]
type folder
  relations
    define parent: [folder]
    define owner: [user]
    define viewer: [user, group#member] or owner or viewer from parent
type doc
  relations
    define parent: [folder, group]
    define blocked: [user, group#member]
    define editor: [user, bot]
    define viewer: [user, user:*, group#member] or editor or viewer from parent
    define can_view: viewer but not blocked
    define can_sign: editor and viewer
    define can_share: can_sign and can_view`;

export const cases: readonly Case[] = [
  {
    title: 'allows what a tuple says and nothing beside it',
    types: documents,
    tuples: ['user:ann editor doc:1', 'bot:b editor doc:1'],
    asks: [
      'user:ann editor doc:1 allowed',
      'bot:b editor doc:1 allowed',
      'user:bob editor doc:1 denied',
      'user:ann editor doc:2 denied',
      'bot:ann editor doc:1 denied',
      'user:ann blocked doc:1 denied',
    ],
  },
  {
    title: 'follows computed relations on the same object',
    types: documents,
    tuples: ['user:ann editor doc:1'],
    asks: ['user:ann viewer doc:1 allowed', 'user:ann can_view doc:1 allowed', 'user:bob can_view doc:1 denied'],
  },
  {
    title: 'follows usersets through nested groups',
    types: documents,
    tuples: [
      'user:ann member group:a',
      'group:a#member member group:b',
      'group:b#member member group:c',
      'group:c#member viewer doc:1',
    ],
    asks: [
      'user:ann viewer doc:1 allowed',
      'user:bob viewer doc:1 denied',
      'user:ann member group:c allowed',
      'user:ann viewer doc:2 denied',
    ],
  },
  {
    title: 'follows parents through a tree of folders',
    types: documents,
    tuples: [
      'user:ann owner folder:root',
      'folder:root parent folder:a',
      'folder:a parent folder:b',
      'folder:b parent doc:1',
    ],
    asks: [
      'user:ann viewer doc:1 allowed',
      'user:ann viewer folder:b allowed',
      'user:bob viewer doc:1 denied',
      'user:ann owner folder:b denied',
    ],
  },
  {
    title: 'skips parents whose type lacks the relation',
    types: documents,
    tuples: ['user:ann member group:g', 'group:g parent doc:1', 'user:bob viewer folder:f', 'folder:f parent doc:1'],
    asks: ['user:ann viewer doc:1 denied', 'user:bob viewer doc:1 allowed'],
  },
  {
    title: 'lets everybody in by a wildcard, but only of its own type',
    types: documents,
    tuples: ['user:* viewer doc:1', 'bot:b editor doc:2'],
    asks: [
      'user:ann viewer doc:1 allowed',
      'user:never-seen can_view doc:1 allowed',
      'user:* viewer doc:1 allowed',
      'bot:b viewer doc:1 denied',
      'user:* viewer doc:2 denied',
      'user:* editor doc:1 denied',
      'group:g#member viewer doc:1 denied',
    ],
  },
  {
    title: 'finds a wildcard behind a userset',
    types: documents,
    tuples: ['user:* member group:all', 'group:all#member viewer doc:1'],
    asks: ['user:ann viewer doc:1 allowed', 'user:* viewer doc:1 allowed', 'bot:b viewer doc:1 denied'],
  },
  {
    title: 'keeps `user` and `user:*` apart',
    types: `
type user
type doc
  relations
    define named: [user]
    define open: [user:*]`,
    tuples: ['user:ann named doc:1', 'user:* open doc:1'],
    asks: [
      'user:ann named doc:1 allowed',
      'user:* named doc:1 denied',
      'user:bob open doc:1 allowed',
      'user:* open doc:1 allowed',
    ],
  },
  {
    title: 'needs every operand of `and`',
    types: documents,
    tuples: ['user:ann editor doc:1', 'user:bob viewer doc:1', 'user:cid editor doc:1', 'user:cid blocked doc:1'],
    asks: [
      'user:ann can_sign doc:1 allowed',
      'user:bob can_sign doc:1 denied',
      'user:ann can_share doc:1 allowed',
      'user:cid can_sign doc:1 allowed',
      'user:cid can_share doc:1 denied',
    ],
  },
  {
    title: 'subtracts by `but not`, whichever way the base holds',
    types: documents,
    tuples: [
      'user:* viewer doc:1',
      'user:ann editor doc:1',
      'user:ann blocked doc:1',
      'user:bob member group:banned',
      'group:banned#member blocked doc:1',
    ],
    asks: [
      'user:ann can_view doc:1 denied',
      'user:bob can_view doc:1 denied',
      'user:cid can_view doc:1 allowed',
      'user:ann viewer doc:1 allowed',
    ],
  },
  {
    title: 'evaluates nested exclusions inside out',
    types: `
type user
type doc
  relations
    define a: [user]
    define b: [user]
    define c: [user]
    define left: (a but not b) but not c
    define right: a but not (b but not c)
    define mixed: (a or b) and (c or b)`,
    tuples: [
      'user:a a doc:1',
      'user:b b doc:1',
      'user:c c doc:1',
      'user:ab a doc:1',
      'user:ab b doc:1',
      'user:ac a doc:1',
      'user:ac c doc:1',
      'user:bc b doc:1',
      'user:bc c doc:1',
      'user:abc a doc:1',
      'user:abc b doc:1',
      'user:abc c doc:1',
    ],
    asks: [
      'user:a left doc:1 allowed',
      'user:ab left doc:1 denied',
      'user:ac left doc:1 denied',
      'user:abc left doc:1 denied',
      'user:a right doc:1 allowed',
      'user:ab right doc:1 denied',
      'user:abc right doc:1 allowed',
      'user:bc right doc:1 denied',
      'user:b mixed doc:1 allowed',
      'user:a mixed doc:1 denied',
      'user:ac mixed doc:1 allowed',
      'user:c mixed doc:1 denied',
    ],
  },
  {
    title: 'says that a userset contains itself, without any tuple',
    types: documents,
    tuples: ['group:g#member viewer doc:1'],
    asks: [
      'group:g#member member group:g allowed',
      'group:unknown#member member group:unknown allowed',
      'group:unknown#member member group:other denied',
      'group:g#member viewer doc:1 allowed',
      'doc:9#editor viewer doc:9 allowed',
      'doc:9#viewer editor doc:9 denied',
      'doc:9#editor viewer doc:8 denied',
    ],
  },
  {
    title: 'follows a userset subject through usersets and parents',
    types: documents,
    tuples: ['group:a#member member group:b', 'group:b#member viewer folder:f', 'folder:f parent doc:1'],
    asks: [
      'group:a#member viewer doc:1 allowed',
      'group:b#member viewer doc:1 allowed',
      'group:c#member viewer doc:1 denied',
      'folder:f#viewer viewer doc:1 allowed',
      'folder:f#owner viewer doc:1 allowed',
      'folder:g#viewer viewer doc:1 denied',
    ],
  },
  {
    title: 'refuses malformed and unknown names',
    types: documents,
    tuples: ['user:ann viewer doc:1'],
    asks: [
      'ann viewer doc:1 validation_error',
      'user: viewer doc:1 validation_error',
      ':ann viewer doc:1 validation_error',
      'usr:ann viewer doc:1 validation_error',
      'user:a:b viewer doc:1 validation_error',
      'user:ann\u0007 viewer doc:1 validation_error',
      'group:g#members viewer doc:1 validation_error',
      'group:*#member viewer doc:1 validation_error',
      'group:g#member#member viewer doc:1 validation_error',
      'group:g# viewer doc:1 validation_error',
      'user:ann viewer doc validation_error',
      'user:ann viewer doc:* validation_error',
      'user:ann viewer doc:1#viewer validation_error',
      'user:ann viewer doc:a:b validation_error',
      'user:ann viewer dok:1 validation_error',
      'user:ann viewr doc:1 validation_error',
      `user:ann viewer doc:${'x'.repeat(260)} validation_error`,
      `user:${'x'.repeat(520)} viewer doc:1 validation_error`,
    ],
  },
];
