import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownPlace, serve } from './test/gatehouse.ts';
import type { Gatehouse } from './test/gatehouse.ts';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe('the console', () => {
  let place: Awaited<ReturnType<typeof ownPlace>>;
  let gatehouse: Gatehouse;
  let browser: Browser;
  beforeAll(async () => {
    place = await ownPlace();
    [gatehouse, browser] = await Promise.all([
      serve(place.environment),
      chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: flags }),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await gatehouse.stop();
    place.remove();
  });

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
    await page.getByText('ready', { exact: false }).first().waitFor();
    await page.getByText('database').first().waitFor();

    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
    const shots = process.env['SCREENSHOTS'];
    if (shots !== undefined) await page.screenshot({ path: `${shots}/console-${colorScheme}-${width}.png` });
    await context.close();
  });
});
