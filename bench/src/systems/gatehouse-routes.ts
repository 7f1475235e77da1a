const kinds = [
  'algorithm backend calibration circuit cluster dataset device estimate experiment gate',
  'histogram kernel layout model noise observable parameter pulse qubit register',
  'report result sampler schedule session',
].flatMap((line) => line.split(' '));

/**
 * A route file of the application `bench` with 125 rules, five for each kind of object, so that matching has something to
 * look through. The measured one is `GET /algorithms/{id}`: `can_view on content:bench.algorithm/{id}`.
 */
export const routeFile = (upstream: string): string => {
  const rules = kinds.flatMap((kind) => [
    `    GET /${kind}s:\n      allow: signed-in`,
    ...['GET can_view', 'PUT can_edit', 'DELETE can_delete'].map((line) => {
      const [method, permission] = line.split(' ');
      return `    ${method} /${kind}s/{id}:\n      allow: ${permission} on content:bench.${kind}/{id}`;
    }),
    `    POST /${kind}s/{id}/jobs:\n      allow: can_execute on content:bench.${kind}/{id}`,
  ]);
  const head = [
    'version: 1',
    'app: bench',
    'upstreams:',
    `  api: ${upstream}`,
    'params:',
    '  id: slug',
    'hosts:',
    '  "*":',
  ];
  return `${[...head, ...rules].join('\n')}\n`;
};
