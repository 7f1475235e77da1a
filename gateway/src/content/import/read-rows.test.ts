import { describe, expect, it } from 'vitest';
import { readRows } from './read-rows.ts';
import type { ImportFormat } from './read-rows.ts';

const rowsOf = (text: string, format: ImportFormat) => Array.fromAsync(readRows(one(Buffer.from(text)), format));
async function* one(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes;
}
const good = { app: 'quantum', kind: 'algorithm', id: 'qft', account: 'acme' };
const json = (more: object = {}) => JSON.stringify({ ...good, ...more });

describe('rows of JSON Lines', () => {
  it('are read with every field, blank lines passed over', async () => {
    const full = { title: 'QFT', private: true, workspace: 'Default', created_by: 'ann@x.example' };
    expect(await rowsOf(`${json()}\n\n  \r\n${json(full)}`, 'jsonl')).toEqual([
      { kind: 'row', row: { line: 1, ...good } },
      { kind: 'row', row: { line: 4, ...good, ...full } },
    ]);
  });

  const refused = [
    ['{"app":', 'unreadable', 'the line is not JSON'],
    ['[]', 'bad_field', 'the line is no JSON object'],
    ['null', 'bad_field', 'the line is no JSON object'],
    ['{"id":"a","id":"b"}', 'unreadable', 'the line is ambiguous:'],
    ['{}', 'bad_field', '"app" is missing'],
    [json({ account: 7 }), 'bad_field', '"account" is not text'],
    [json({ account: '' }), 'bad_field', '"account" is empty'],
    [json({ private: 'yes' }), 'bad_field', '"private" is neither true nor false'],
    [json({ private: null }), 'bad_field', '"private" is neither true nor false'],
    [json({ privat: true }), 'bad_field', 'there is no field "privat"'],
    [json({ title: 'a\nb' }), 'bad_field', '"title" holds a control character'],
    [`{"app":"quantum","kind":"k","id":"1","account":"a","title":"\\ud800"}`, 'bad_field', '"title" holds'],
    [json({ title: 'x'.repeat(201) }), 'bad_field', '"title" is longer than 200 characters'],
    [json({ id: 'a b' }), 'bad_id', 'the id is not'],
    [json({ id: 'a@1' }), 'bad_id', 'the id is not'],
    [json({ id: '../a:b' }), 'bad_id', 'the id is not'],
    [json({ id: 'x'.repeat(201) }), 'bad_id', 'the id is not'],
    [json({ app: 'Quantum' }), 'bad_id', 'the application is not'],
    [json({ kind: 'a/b' }), 'bad_id', 'the kind is not'],
    [json({ kind: 'k'.repeat(60), id: 'x'.repeat(200) }), 'bad_id', 'is longer than 248'],
    ['x'.repeat(70_000), 'unreadable', 'the line is longer than 64 KB'],
  ] as const;
  it.each(refused)('are refused alone: %s', async (text, reason, message) => {
    const [first, second] = await rowsOf(`${text}\n${json()}\n`, 'jsonl');
    expect(first).toEqual({ kind: 'refused', line: 1, reason, message: expect.stringContaining(message) });
    expect(second).toMatchObject({ kind: 'row', row: { line: 2 } });
  });
});

describe('rows of CSV', () => {
  const header = 'app,kind,id,account,title,private';

  it('are read in any order of columns, an empty field as none', async () => {
    const text =
      '\uFEFFid, account,title,private,kind,app\r\n7,acme,"a ""b"", c",TRUE,algorithm,quantum\r\n8,acme,,,algorithm,quantum';
    expect(await rowsOf(text, 'csv')).toEqual([
      { kind: 'row', row: { line: 2, ...good, id: '7', title: 'a "b", c', private: true } },
      { kind: 'row', row: { line: 3, ...good, id: '8' } },
    ]);
  });

  const refused = [
    ['quantum,algorithm,1', 'unreadable', 'the line has 3 fields, the header 6'],
    ['quantum,algorithm,1,acme,a,b,c', 'unreadable', 'the line has 7 fields'],
    ['quantum,algorithm,1,acme,"open,false', 'unreadable', 'a quote is not closed'],
    ['quantum,algorithm,1,acme,a"b,false', 'unreadable', 'a quote is not closed'],
    ['quantum,algorithm,1,acme,x,maybe', 'bad_field', '"private" is neither true nor false'],
    ['quantum,algorithm,1,,x,false', 'bad_field', '"account" is missing'],
    ['quantum,algorithm,a b,acme,x,false', 'bad_id', 'the id is not'],
  ] as const;
  it.each(refused)('are refused alone: %s', async (text, reason, message) => {
    const rows = await rowsOf(`${header}\n${text}\nquantum,algorithm,2,acme,,false`, 'csv');
    expect(rows[0]).toEqual({ kind: 'refused', line: 2, reason, message: expect.stringContaining(message) });
    expect(rows[1]).toMatchObject({ kind: 'row', row: { line: 3, private: false } });
  });

  const headers = [
    ['app,kind', 'line 1: the header lacks id, account'],
    ['app;kind;id;account', 'the header lacks app, kind, id, account'],
    [`${header},privat`, 'there is no column "privat"'],
    [`${header},id`, 'the column "id" stands there twice'],
    ['"app', 'the header lacks'],
  ] as const;
  it.each(headers)('refuses a file with the header %s', async (text, message) => {
    await expect(rowsOf(`${text}\na,b,c,d\n`, 'csv')).rejects.toMatchObject({
      name: 'ImportFileRefused',
      message: expect.stringContaining(message),
    });
  });

  it('has none in an empty file', async () => {
    expect(await rowsOf('', 'csv')).toEqual([]);
    expect(await rowsOf(`${header}\n`, 'csv')).toEqual([]);
  });
});
