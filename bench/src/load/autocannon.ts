import autocannon from 'autocannon';
import type { Load } from './order.ts';

/**
 * The well-known load generator, to check ours against. It needs more time per request and counts latencies in whole
 * milliseconds, which is too coarse for ratios of them.
 */
export const byAutocannon: Load = async (order) => {
  const requests = order.paths.map((path) => ({ method: 'GET' as const, path }));
  let clients = 0;
  const share = Math.ceil(requests.length / order.connections);
  const result = await autocannon({
    url: order.origin,
    connections: order.connections,
    duration: order.seconds,
    headers: order.headers,
    requests: requests.slice(0, 1),
    setupClient: (client) => {
      const first = (clients * share) % requests.length;
      client.setRequests(requests.slice(first, first + share));
      clients += 1;
    },
    verifyBody: (body) => body.length === order.answerBytes,
  });
  const { non2xx, errors, mismatches } = result;
  if (non2xx + errors + mismatches > 0) {
    throw new Error(
      `${non2xx} answers were not 2xx, ${errors} requests failed, ${mismatches} bodies had another length`,
    );
  }
  return {
    requests: result.requests.total,
    seconds: result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
};
