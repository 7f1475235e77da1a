import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LiveRoutes } from '../load-policies.ts';
import { installationMetrics } from './installation-metrics.ts';
import { requestMetrics } from './request-metrics.ts';

const page = readFileSync(new URL('../../../docs/operate.md', import.meta.url), 'utf8');

const families = [
  ...requestMetrics().families(),
  ...installationMetrics({
    version: '1.2.3',
    policies: {
      routes: { digest: 'd1', warnings: [], sources: [], table: { rules: [{}, {}] } } as unknown as LiveRoutes,
      loadedAt: 1_000,
      stale: { since: 2_000, problems: ['a.yaml:1:1: broken'] },
      modelHasChanged: true,
      reloads: { swapped: 1, unchanged: 2, refused: 3 },
    },
    log: { kind: 'failing', cause: new Error('full'), dropped: 7 },
    content: { waiting: 2, blocked: 1, alreadyRegistered: 3, spoolFailure: undefined },
    usage: { waiting: 4, dropped: 5, failure: undefined },
    now: 61_000,
  }),
];

describe('every metric', () => {
  it.each(families.map(({ name }) => name))('%s stands in the table for operators', (name) => {
    expect(page).toContain(`| \`${name}\` |`);
  });

  it('in that table is one that is there', () => {
    const named = [...page.matchAll(/^\| `(gatehouse_\w+)` \|/gm)].map(([, name = '']) => name);
    expect(named.toSorted()).toEqual(families.map(({ name }) => name).toSorted());
  });
});

describe('what is told of an installation', () => {
  it.each([
    ['gatehouse_build_info', [{ labels: { version: '1.2.3' }, value: 1 }]],
    ['gatehouse_policies_info', [{ labels: { digest: 'd1' }, value: 1 }]],
    ['gatehouse_policies_rules', [{ labels: {}, value: 2 }]],
    ['gatehouse_policies_stale', [{ labels: {}, value: 1 }]],
    ['gatehouse_policies_load_age_seconds', [{ labels: {}, value: 60 }]],
    ['gatehouse_model_restart_needed', [{ labels: {}, value: 1 }]],
    [
      'gatehouse_policy_reloads_total',
      [
        { labels: { outcome: 'swapped' }, value: 1 },
        { labels: { outcome: 'unchanged' }, value: 2 },
        { labels: { outcome: 'refused' }, value: 3 },
      ],
    ],
    ['gatehouse_decision_log_dropped_lines_total', [{ value: 7 }]],
    ['gatehouse_decision_log_failing', [{ labels: {}, value: 1 }]],
    ['gatehouse_effects_waiting', [{ labels: {}, value: 2 }]],
    ['gatehouse_effects_blocked', [{ labels: {}, value: 1 }]],
    ['gatehouse_already_registered_total', [{ value: 3 }]],
    ['gatehouse_usage_waiting', [{ labels: {}, value: 4 }]],
    ['gatehouse_usage_dropped_total', [{ value: 5 }]],
  ])('is %s', (name, samples) => {
    expect(families.find((one) => one.name === name)?.samples).toEqual(samples);
  });
});
