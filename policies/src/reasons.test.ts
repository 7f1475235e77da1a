import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { reasons } from './reasons.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What is shipped of the two packages that give reasons, without the list itself. */
const shippedText = async (): Promise<string> => {
  const files = await Array.fromAsync(glob('{policies,gateway}/src/**/*.ts', { cwd: root }));
  const shipped = files.filter((file) => !/\.test\.ts$|[\\/]test[\\/]|[\\/]reasons\.ts$/.test(file));
  return (await Promise.all(shipped.map((file) => readFile(`${root}/${file}`, 'utf8')))).join('\n');
};

it('names no reason that nothing gives', async () => {
  const text = await shippedText();
  const unused = Object.keys(reasons).filter((reason) => !text.includes(`'${reason}'`));
  expect(unused).toEqual([]);
});
