import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { routeFile } from './gatehouse-routes.ts';

describe('routeFile', () => {
  const file = parse(routeFile('http://127.0.0.1:9999'));

  it('has at least a hundred rules', () => {
    expect(Object.keys(file.hosts['*']).length).toBeGreaterThanOrEqual(100);
  });

  it('sends them to the upstream and asks about the object of the measured request', () => {
    expect(file).toMatchObject({ version: 1, app: 'bench', upstreams: { api: 'http://127.0.0.1:9999' } });
    expect(file.hosts['*']['GET /algorithms/{id}']).toEqual({ allow: 'can_view on content:bench.algorithm/{id}' });
  });
});
