import type { IConfiguration } from 'dependency-cruiser';

/**
 * One direction: `policies` and `db` import nobody, `gateway` joins them, `admin-ui` comes in through three doors.
 * `scripts/boundaries.test.ts` plants a violation of every rule and expects it to be refused.
 */

const test = String.raw`\.test\.ts$|/test/`;
const contract = String.raw`^gateway/src/contract(/|\.ts$)`;
const abilities = String.raw`^policies/src/abilities(/|\.ts$)`;

const config: IConfiguration = {
  forbidden: [
    {
      name: 'policies-imports-nobody',
      comment: 'What may be done must be readable, testable and shippable without storage or HTTP.',
      severity: 'error',
      from: { path: '^policies/' },
      to: { path: '^(db|gateway|admin-ui|bench|e2e|examples|scripts)/' },
    },
    {
      name: 'db-imports-nobody',
      comment: 'What is stored does not know what it means; the gateway joins the two.',
      severity: 'error',
      from: { path: '^db/' },
      to: { path: '^(policies|gateway|admin-ui|bench|e2e|examples|scripts)/' },
    },
    {
      name: 'gateway-imports-leaves-only',
      comment: 'The trunk imports policies and db; the console is served as files, never imported.',
      severity: 'error',
      from: { path: '^gateway/' },
      to: { path: '^(admin-ui|bench|e2e|examples|scripts)/' },
    },
    {
      name: 'console-has-three-doors',
      comment:
        'The console sees @gatehouse/gateway/api, @gatehouse/gateway/contract and @gatehouse/policies/abilities.',
      severity: 'error',
      from: { path: '^admin-ui/' },
      to: {
        path: '^(policies|db|gateway|scripts)/',
        pathNot: [String.raw`^gateway/src/api\.ts$`, contract, abilities],
      },
    },
    {
      name: 'console-takes-types-from-api',
      comment: 'A value import would bring the whole server into the browser.',
      severity: 'error',
      from: { path: '^admin-ui/' },
      to: { path: String.raw`^gateway/src/api\.ts$`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'browser-code-without-node',
      comment: 'The console, the contract and the abilities run in a browser.',
      severity: 'error',
      from: { path: ['^admin-ui/src/', contract, abilities], pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'doors-to-the-console-are-closed-worlds',
      comment: 'What the browser loads must not reach server code by a second step.',
      severity: 'error',
      from: { path: [contract, abilities], pathNot: test },
      to: {
        path: '^(policies|db|gateway)/',
        pathNot: [contract, abilities, String.raw`^policies/src/(reasons|[^/]+\.generated)\.ts$`],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'gateway-not-sideways',
      comment: 'Doors, admin procedures and the relay share code through the folders above them.',
      severity: 'error',
      from: { path: '^gateway/src/(doors|admin|relay)/' },
      to: { path: '^gateway/src/(doors|admin|relay)/', pathNot: '^gateway/src/$1/' },
    },
    {
      name: 'doors-not-sideways',
      comment: 'A door can be removed without touching its neighbours; what doors share lies beside their folders.',
      severity: 'error',
      from: { path: '^gateway/src/doors/([^/]+)/' },
      to: { path: '^gateway/src/doors/[^/]+/', pathNot: '^gateway/src/doors/$1/' },
    },
    {
      name: 'leaves-of-the-repository',
      comment: 'Benchmarks, browser stories and examples are run, never imported.',
      severity: 'error',
      from: { path: '^(bench|e2e|examples|scripts)/' },
      to: { path: '^(admin-ui|bench|e2e|examples)/', pathNot: '^$1/' },
    },
    {
      name: 'tests-are-not-imported',
      comment: 'Shipped code must not lean on a test or on test support.',
      severity: 'error',
      from: { path: '^(policies|db|gateway|admin-ui|examples/[^/]+)/', pathNot: test },
      to: { path: test, pathNot: 'node_modules' },
    },
    {
      name: 'shipped-code-without-dev-dependencies',
      comment: 'A development dependency is absent after `npm ci --omit=dev`.',
      severity: 'error',
      from: { path: '^(policies|db|gateway|examples/[^/]+)/(src|bin)/', pathNot: test },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'declared-dependencies-only',
      comment: 'What shipped code imports stands in the package.json beside it; tests also lean on the root.',
      severity: 'error',
      from: { path: '^(policies|db|gateway|admin-ui|bench|e2e|examples)/', pathNot: test },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that does not resolve escapes every rule above.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: String.raw`^(examples/)?[a-z-]+/(dist|coverage|\.turbo|\.gatehouse)/` },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.svelte', '.json'],
    },
  },
};

export default config;
