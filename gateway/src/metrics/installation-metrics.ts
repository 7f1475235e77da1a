import type { ContentHealth } from '../content/content-effects.ts';
import type { UsageHealth } from '../content/usage-meter.ts';
import type { PoliciesState } from '../policies/live-policies.ts';
import type { LineFileHealth } from '../records/line-file.ts';
import type { Family } from './family.ts';

type State = {
  readonly version: string;
  readonly policies: PoliciesState;
  readonly log: LineFileHealth;
  readonly content: ContentHealth;
  readonly usage: UsageHealth;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/** How the installation stands, read when somebody asks. */
export const installationMetrics = (state: State): readonly Family[] => [
  ...policyMetrics(state),
  ...recordMetrics(state),
];

const policyMetrics = ({ version, policies, now }: State): readonly Family[] => {
  const { routes, loadedAt, stale, modelHasChanged, reloads } = policies;
  return [
    gauge('gatehouse_build_info', 'Always 1; the version stands in the label.', 1, { version }),
    gauge('gatehouse_policies_info', 'Always 1; the digest of the route policies in force stands in the label.', 1, {
      digest: routes.digest,
    }),
    gauge('gatehouse_policies_rules', 'Rules in force.', routes.table.rules.length),
    gauge('gatehouse_policies_stale', '1 while the route files on disk cannot be used.', stale === undefined ? 0 : 1),
    gauge(
      'gatehouse_policies_load_age_seconds',
      'Since route files were last read and found in order.',
      (now - loadedAt) / 1_000,
    ),
    gauge(
      'gatehouse_model_restart_needed',
      '1 while the model files on disk are not those in force.',
      modelHasChanged ? 1 : 0,
    ),
    {
      name: 'gatehouse_policy_reloads_total',
      help: 'Reloads of the route policies by outcome.',
      type: 'counter',
      samples: Object.entries(reloads).map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
  ];
};

const recordMetrics = ({ log, content, usage }: State): readonly Family[] => [
  {
    name: 'gatehouse_decision_log_dropped_lines_total',
    help: 'Lines of the decision log that were lost because the disk refused them.',
    type: 'counter',
    samples: [{ value: log.dropped }],
  },
  gauge(
    'gatehouse_decision_log_failing',
    '1 while the decision log cannot be written.',
    log.kind === 'failing' ? 1 : 0,
  ),
  gauge('gatehouse_effects_waiting', 'Effects of answers that are yet to be recorded.', content.waiting),
  gauge('gatehouse_effects_blocked', 'Of those that wait: in need of an operator.', content.blocked),
  {
    name: 'gatehouse_already_registered_total',
    help: 'Answers of applications with an id that belongs to another account.',
    type: 'counter',
    samples: [{ value: content.alreadyRegistered }],
  },
  gauge('gatehouse_usage_waiting', 'Usage events that are yet to be written.', usage.waiting),
  {
    name: 'gatehouse_usage_dropped_total',
    help: 'Usage events that were lost because more waited than memory may hold.',
    type: 'counter',
    samples: [{ value: usage.dropped }],
  },
];

const gauge = (name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): Family => ({
  name,
  help,
  type: 'gauge',
  samples: [{ labels, value }],
});
