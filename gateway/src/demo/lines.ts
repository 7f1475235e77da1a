import type { Username } from './cast.ts';

/** One request to try, and the answer that it gets. */
type Try = { readonly options?: string; readonly path: string; readonly answer: string };

/** What one caller can try; `says` is printed above as a shell comment. */
type Group = { readonly says: string; readonly as?: Username; readonly tries: readonly Try[] };

const json = '-H content-type:application/json';
const patch = `-X PATCH ${json} -d '{"qubits":8}'`;
/** Who belongs to several accounts says for which one something is made. */
const forAcme = '-H gatehouse-account:acme';
const create = `-X POST ${forAcme} ${json} -d '{"name":"Demo"}'`;
const runJob = `-X POST ${forAcme} ${json} -d '{"shots":100}'`;

/** In this order each line gives the status it names, on every start and however often. */
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
    says: 'olga is an owner: she creates an algorithm for acme, and reads it at once',
    as: 'olga',
    tries: [
      { options: create, path: '/algorithms', answer: '201' },
      { path: '/algorithms/demo', answer: '200' },
    ],
  },
  {
    says: 'oscar is an outsider, no member of acme: he gets nothing of acme, and an empty list',
    as: 'oscar',
    tries: [
      { path: '/algorithms/demo', answer: '403 not_permitted' },
      { path: '/algorithms', answer: '200' },
    ],
  },
  {
    says: 'vera runs a job, and sees it in the list',
    as: 'vera',
    tries: [
      { options: runJob, path: '/algorithms/qft/jobs', answer: '202' },
      { path: '/algorithms/qft/jobs', answer: '200' },
    ],
  },
  {
    says: 'olga deletes; what was said about the algorithm goes with it',
    as: 'olga',
    tries: [
      { options: '-X DELETE', path: '/algorithms/demo', answer: '204' },
      { path: '/algorithms/demo', answer: '403 not_permitted' },
    ],
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
