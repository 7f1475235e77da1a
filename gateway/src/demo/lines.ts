import type { Username } from './cast.ts';

/** One request to try, and the answer that it gets. */
type Try = { readonly options?: string; readonly path: string; readonly answer: string };

/** What one caller can try; `says` is printed above as a shell comment. */
type Group = { readonly says: string; readonly as?: Username; readonly tries: readonly Try[] };

const patch = `-X PATCH -H content-type:application/json -d '{"qubits":8}'`;

/** In this order each line gives the status it names, on every start. */
export const groups: readonly Group[] = [
  {
    says: 'vera is a viewer of acme: she reads, but may not change',
    as: 'vera',
    tries: [
      { path: '/algorithms/qft', answer: '200' },
      { options: patch, path: '/algorithms/qft', answer: '403 not_permitted' },
    ],
  },
  {
    says: 'max is a maintainer: he edits, but may not delete',
    as: 'max',
    tries: [
      { options: patch, path: '/algorithms/qft', answer: '200' },
      { options: '-X DELETE', path: '/algorithms/shor', answer: '403 not_permitted' },
    ],
  },
  {
    says: 'olga is an owner: she deletes',
    as: 'olga',
    tries: [{ options: '-X DELETE', path: '/algorithms/shor', answer: '204' }],
  },
  {
    says: 'oscar is an outsider: no member of acme',
    as: 'oscar',
    tries: [{ path: '/algorithms/qft', answer: '403 not_permitted' }],
  },
  { says: 'nobody: no token', tries: [{ path: '/algorithms/qft', answer: '401 sign_in_required' }] },
  {
    says: 'vera again, with an encoded path trick',
    as: 'vera',
    tries: [{ path: '/algorithms%2fqft', answer: '400 ambiguous_path' }],
  },
];

/** Shell lines that work as printed; each request ends with a comment that names its answer. */
export const shellLines = (origin: string, token: (username: Username) => string): string[] =>
  groups.flatMap(({ says, as, tries }) => {
    const bearer = as === undefined ? '' : ` -H "Authorization: Bearer ${token(as)}"`;
    const lines = tries.map(
      ({ options, path, answer }) =>
        `curl -i${options === undefined ? '' : ` ${options}`}${bearer} ${origin}${path}  # ${answer}`,
    );
    return [`# ${says}`, ...lines];
  });
