import { describe, expect, it } from 'vitest';
import { help, parse } from './options.ts';

const systems = ['gatehouse', 'dispatch', 'request', 'http-proxy'];

describe('parse', () => {
  it('has defaults that make a run worth reading', () => {
    expect(parse([], systems)).toEqual({
      kind: 'run',
      options: {
        seconds: 6,
        warmupSeconds: 10,
        rounds: 5,
        connections: [1, 16, 64],
        objects: 4_096,
        systems,
        reference: 'dispatch',
        load: 'own',
        jsonFile: null,
        write: false,
      },
    });
  });

  it('always measures the reference', () => {
    expect(parse(['--only', 'gatehouse'], systems)).toMatchObject({ options: { systems: ['gatehouse', 'dispatch'] } });
  });

  it.each([
    [['--rounds', '0'], '--rounds must be a number from 1 to 1000'],
    [['--rounds', '1.5'], '--rounds must be a whole number'],
    [['--seconds', 'x'], '--seconds must be a number from 0.05 to 3600'],
    [['--seconds', ''], '--seconds must be a number from 0.05 to 3600'],
    [['--connections', '1,,64'], '--connections must be a number from 1 to 10000'],
    [['--only', 'nginx'], '--only: "nginx" is none of gatehouse, dispatch, request, http-proxy'],
    [['--against', 'nginx'], '--against: "nginx" is none of gatehouse, dispatch, request, http-proxy'],
    [['--load', 'wrk'], '--load: "wrk" is none of own, autocannon'],
    [['--fast'], "Unknown option '--fast'"],
    [['fast'], "Unexpected argument 'fast'"],
  ])('refuses %j', (args, message) => {
    expect(parse(args, systems)).toEqual({ kind: 'wrong', message: expect.stringContaining(message) });
  });

  it('names every option in its help', () => {
    for (const option of [
      'seconds',
      'warmup',
      'rounds',
      'connections',
      'objects',
      'only',
      'against',
      'load',
      'json',
      'write',
    ]) {
      expect(help(systems)).toContain(`--${option}`);
    }
  });
});
