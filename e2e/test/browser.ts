import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** What distributions call it. */
const names = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * The Chromium that this machine has. Playwright itself adds what keeps a closed network quiet, among others
 * `--disable-background-networking --disable-component-update --disable-sync --no-first-run`.
 */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: browserOn(process.env['PATH'] ?? ''),
    // `--no-sandbox`: root cannot have one, nor can most containers; only our own pages are opened.
    chromiumSandbox: false,
    // The gateway speaks no QUIC, and a closed network lets no UDP out.
    args: ['--disable-quic'],
  });

const browserOn = (path: string): string => {
  const found = path
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
  if (found === undefined) throw new Error(`no ${names.join(', ')} on the PATH: install chromium`);
  return found;
};

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
