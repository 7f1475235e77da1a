import { styleText } from 'node:util';

/** Colours reach a terminal only; NO_COLOR and FORCE_COLOR are honoured. */
const paint =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(format, text, { stream: process.stdout });

export const style = {
  good: paint('green'),
  bad: paint('red'),
  warn: paint('yellow'),
  quiet: paint('dim'),
  strong: paint('bold'),
} as const;
