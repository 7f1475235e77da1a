import { describe, expect, it } from 'vitest';
import { isLoopback, parseAddress } from './address.ts';
import { readConfig } from './config.ts';

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  const read = readConfig(environment);
  return read.kind === 'refused' ? read.problems : [];
};

describe('configuration', () => {
  it('has a default for everything', () => {
    const read = readConfig({});
    expect(read).toMatchObject({
      kind: 'config',
      config: {
        GATEHOUSE_LISTEN: { host: '127.0.0.1', port: 4400 },
        GATEHOUSE_CONTROL_LISTEN: [
          { host: '127.0.0.1', port: 4401 },
          { host: '::1', port: 4401 },
        ],
        GATEHOUSE_DATA: '.gatehouse',
        GATEHOUSE_POLICIES: 'policies',
      },
    });
  });

  it('takes empty text for absent', () => {
    expect(readConfig({ GATEHOUSE_LISTEN: '', GATEHOUSE_DATA: '' }).kind).toBe('config');
  });

  it.each([
    [{ GATEHOUSE_LISTEN: '4400' }, 'GATEHOUSE_LISTEN: "4400" is no address; write HOST:PORT, e.g. 127.0.0.1:4400'],
    [{ GATEHOUSE_LISTEN: '127.0.0.1:99999' }, 'GATEHOUSE_LISTEN: "127.0.0.1:99999" is no address'],
    [{ GATEHOUSE_CONTROL_ORIGIN: 'http://x/y' }, 'GATEHOUSE_CONTROL_ORIGIN: "http://x/y" is no origin'],
    [{ GATEHOUSE_SECRET: 'short' }, 'GATEHOUSE_SECRET: each secret needs at least 32 bytes'],
    [{ GATEHOUSE_DEMO: 'maybe' }, 'GATEHOUSE_DEMO:'],
    [{ GATEHOUSE_LISTENN: 'x' }, 'GATEHOUSE_LISTENN: no such variable'],
    [{ DATABASE_URL: 'postgres://x' }, 'DATABASE_URL: not supported yet'],
  ])('refuses %j and says why', (environment, problem) => {
    expect(problemsOf(environment)).toEqual([expect.stringContaining(problem)]);
  });

  it('never repeats a secret in a message', () => {
    expect(problemsOf({ GATEHOUSE_SECRET: 'hunter2' }).join()).not.toContain('hunter2');
  });

  it('reports every problem at once', () => {
    expect(problemsOf({ GATEHOUSE_LISTEN: 'x', GATEHOUSE_DEMO: 'y', REDIS_URL: 'z' })).toHaveLength(3);
  });
});

describe('address', () => {
  it.each([
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }, true],
    ['127.9.9.9:1', { host: '127.9.9.9', port: 1 }, true],
    ['[::1]:4401', { host: '::1', port: 4401 }, true],
    ['localhost:80', { host: 'localhost', port: 80 }, true],
    ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }, false],
    ['[::]:80', { host: '::', port: 80 }, false],
    ['127.0.0.1.example.com:80', { host: '127.0.0.1.example.com', port: 80 }, false],
  ])('reads %s', (text, address, loopback) => {
    expect(parseAddress(text)).toEqual(address);
    expect(isLoopback(address)).toBe(loopback);
  });

  it.each(['', ':80', '::1:80', '[nope]:80', '127.0.0.1', '127.0.0.1:', '127.0.0.1:http'])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});
