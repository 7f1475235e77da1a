import { describe } from 'vitest';
import { hostileContract } from './test/hostile.contract.ts';
import { poolContract } from './test/pool.contract.ts';
import { upstreamContract } from './test/upstream.contract.ts';
import { undiciUpstream } from './undici.ts';

describe('the upstream client on undici', () => {
  upstreamContract(undiciUpstream);
  hostileContract(undiciUpstream);
  poolContract(undiciUpstream);
});
