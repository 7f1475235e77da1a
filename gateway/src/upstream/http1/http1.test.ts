import { describe } from 'vitest';
import { upstreamContract } from '../test/upstream.contract.ts';
import { http1Upstream } from './http1.ts';

describe('the upstream client on sockets of its own', () => {
  upstreamContract(http1Upstream);
});
