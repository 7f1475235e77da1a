import { fileURLToPath } from 'node:url';
import { loadModel } from '@gatehouse/policies/model/load';
import { compileRoutes } from '@gatehouse/policies/routes/load';
import type { RouteTable } from '@gatehouse/policies/routes/table';
import { readTarget } from '@gatehouse/policies/routes/target';

/*
 * How long ten thousand routes take to load, and what reading and matching a request costs among them against ten. Both in
 * one process, in turns; the smallest of many measurements, because neighbours on the machine only ever add.
 */

const many = 10_000;
const few = 10;
const loads = 3;
const turns = 60;
const requestsPerTurn = 40_000;

const routeFile = (count: number): string => {
  const rules = Array.from({ length: count }, (_none, index) => {
    const path = `/service-${Math.floor(index / 10)}/kind-${index % 10}/{id}`;
    return `    GET ${path}:\n      allow: can_view on content:bench.kind/{id}\n`;
  });
  const head = 'version: 1\napp: bench\nupstreams: { api: http://127.0.0.1:4402 }\nparams: { id: slug }\n';
  const tests = 'tests:\n  expect:\n    - nobody GET /service-0/kind-0/x -> 401 sign_in_required\n';
  return `${head}hosts:\n  "*":\n${rules.join('')}${tests}`;
};

const { model } = await loadModel(fileURLToPath(new URL('../../policies/model', import.meta.url)));

const loaded = async (count: number): Promise<{ readonly table: RouteTable; readonly ms: number }> => {
  const bytes = Buffer.from(routeFile(count));
  const startedAt = performance.now();
  const routes = await compileRoutes([{ file: 'bench.yaml', bytes }], {
    folder: 'routes',
    model,
    accountId: () => Promise.resolve(undefined),
  });
  const ms = performance.now() - startedAt;
  if (routes.kind === 'refused') throw new Error(routes.problems.map(({ message }) => message).join('\n'));
  return { table: routes.table, ms };
};

/** Nanoseconds for one request: its target read from the bytes, as each one is, and its rule found. */
const nanosecondsOf = ({ match }: RouteTable): number => {
  const startedAt = process.hrtime.bigint();
  for (let at = 0; at < requestsPerTurn; at++) {
    const rawTarget = `/service-0/kind-${at % 10}/object-${at % 1_000}`;
    const read = readTarget({ method: 'GET', rawTarget, host: 'bench.example' });
    if (read.kind === 'refused' || match(read.target).kind !== 'match') throw new Error(`${rawTarget} matches nothing`);
  }
  return Number(process.hrtime.bigint() - startedAt) / requestsPerTurn;
};

const measured: number[] = [];
for (let load = 0; load < loads; load++) measured.push((await loaded(many)).ms);
const [small, big] = [(await loaded(few)).table, (await loaded(many)).table];
let [smallNs, bigNs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
for (let turn = 0; turn < turns; turn++) {
  smallNs = Math.min(smallNs, nanosecondsOf(small));
  bigNs = Math.min(bigNs, nanosecondsOf(big));
}
console.log(`loading ${many} routes: ${measured.map((ms) => `${Math.round(ms)} ms`).join(', ')} (the first is cold)`);
const ratio = (bigNs / smallNs).toFixed(2);
console.log(
  `reading and matching: ${Math.round(smallNs)} ns among ${few}, ${Math.round(bigNs)} ns among ${many}: ${ratio}`,
);
