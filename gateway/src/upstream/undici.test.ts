import { describe } from 'vitest';
import { upstreamContract } from './test/upstream.contract.ts';
import { undiciUpstream } from './undici.ts';

describe('the upstream client on undici', () => {
  upstreamContract(undiciUpstream);
});
