import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './test/browser.ts';
import { ownPlace, serve } from './test/gatehouse.ts';
import type { Gatehouse } from './test/gatehouse.ts';

describe('the console', () => {
  let gatehouse: Gatehouse;
  let browser: Browser;
  const started = new AsyncDisposableStack();
  beforeAll(async () => {
    const place = started.adopt(await ownPlace(), ({ remove }) => remove());
    browser = started.adopt(await launchBrowser(), (open) => open.close());
    gatehouse = started.adopt(await serve(place.environment), async ({ stop }) => void (await stop()));
  });
  afterAll(() => started.disposeAsync());

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
  ] as const)('shows in %s at %i px that the gateway runs, without a fault', async (colorScheme, width) => {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(`${gatehouse.control}/console/`);
    await page.getByRole('heading', { name: 'The gateway is running', exact: true }).waitFor();
    await page.getByText('database', { exact: true }).waitFor();

    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
    const shots = process.env['SCREENSHOTS'];
    if (shots !== undefined) await page.screenshot({ path: `${shots}/console-${colorScheme}-${width}.png` });
    await context.close();
  });
});
