import { describe, expect, it } from 'vitest';
import { readTarget } from './target.ts';
import type { Target } from './target.ts';
import type { Reason } from '../reasons.ts';

const accepted = (host: string): Target => {
  const result = readTarget({ method: 'GET', rawTarget: '/', host });
  if (result.kind === 'refused') throw new Error(`refused ${host}: ${result.detail}`);
  return result.target;
};

const reasonOf = (host: string | undefined): Reason | 'accepted' => {
  const result = readTarget({ method: 'GET', rawTarget: '/', host });
  return result.kind === 'refused' ? result.reason : 'accepted';
};

describe('a host', () => {
  const good: readonly [raw: string, host: string, authority: string][] = [
    ['quantum.example', 'quantum.example', 'quantum.example'],
    ['Quantum.EXAMPLE.', 'quantum.example', 'quantum.example'],
    ['quantum.example:80', 'quantum.example', 'quantum.example'],
    ['quantum.example.:4400', 'quantum.example', 'quantum.example:4400'],
    ['localhost:443', 'localhost', 'localhost:443'],
    ['my_app', 'my_app', 'my_app'],
    ['127.0.0.1:4400', '127.0.0.1', '127.0.0.1:4400'],
    ['[::1]:4400', '[::1]', '[::1]:4400'],
    ['[0:0:0:0:0:0:0:1]', '[::1]', '[::1]'],
    ['[2001:DB8::A]', '[2001:db8::a]', '[2001:db8::a]'],
  ];
  it.each(good)('%j is matched as %s', (raw, host, authority) => {
    expect(accepted(raw)).toMatchObject({ host, authority });
  });

  const bad: readonly string[] = [
    '',
    '.',
    'a..b',
    'a.b..',
    '-a.example',
    'a-.example',
    'a b',
    'a/b',
    'a,b',
    'a@b',
    'ä.example',
    'a%2eb',
    '127.1',
    '0x7f.1',
    '127.0.0.01',
    '1.2.3.4.5',
    '256.0.0.1',
    '4400',
    '127.0.0.1.',
    '[::1',
    '::1',
    '[::1]x',
    '[fe80::1%eth0]',
    '[]',
    'a:',
    'a:0',
    'a:65536',
    'a:080',
    'a:b',
    'a:80:80',
    'a:-1',
    ':80',
    'a\t',
    'a\0',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}a`,
    '*',
  ];
  it.each(bad)('%j is refused', (raw) => {
    expect(reasonOf(raw)).toBe('ambiguous_host');
  });

  it('is read the same however many others came between', () => {
    const first = accepted('One.example:81');
    for (let index = 0; index < 1000; index++) expect(accepted(`h${index}.example`).host).toBe(`h${index}.example`);
    expect(accepted('One.example:81')).toEqual(first);
  });

  it('is refused when absent', () => {
    expect(reasonOf(undefined)).toBe('ambiguous_host');
  });

  it('drops the default port of the scheme that the listener speaks', () => {
    const result = readTarget({ method: 'GET', rawTarget: '/', host: 'a.example:443', scheme: 'https' });
    expect(result).toMatchObject({ kind: 'target', target: { authority: 'a.example' } });
  });
});
