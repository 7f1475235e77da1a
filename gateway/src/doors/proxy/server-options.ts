import type { ServerOptions } from 'node:http';
import { proxyLimits } from './limits.ts';
import type { ProxyLimits } from './limits.ts';

/** Options for `http.createServer` of the listener that the proxy door serves. */
export const serverOptions = (given: Partial<ProxyLimits> = {}): ServerOptions => {
  const limits = { ...proxyLimits, ...given };
  return {
    maxHeaderSize: limits.headBytesMax,
    headersTimeout: limits.headTimeoutMs,
    // Bodies have their own watch: one bound for all of them would cut uploads or let small ones drip.
    requestTimeout: 0,
    connectionsCheckingInterval: limits.tickMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    insecureHTTPParser: false,
    // The door says it with a reason and a record.
    requireHostHeader: false,
    // Requests without a body skip the life of a stream: a fifth of the cost of node's HTTP server.
    optimizeEmptyRequests: true,
    noDelay: true,
  };
};
