import { describe } from 'vitest';
import { hostileContract } from '../test/hostile.contract.ts';
import { poolContract } from '../test/pool.contract.ts';
import { strictContract } from '../test/strict.contract.ts';
import { upstreamContract } from '../test/upstream.contract.ts';
import { http1Upstream } from './http1.ts';

describe('the upstream client on sockets of its own', () => {
  upstreamContract(http1Upstream);
  hostileContract(http1Upstream);
  poolContract(http1Upstream);
  strictContract(http1Upstream);
});
