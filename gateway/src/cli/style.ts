import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colours reach a terminal only, each stream asked for itself; NO_COLOR and FORCE_COLOR are honoured. */
const paintsFor = (stream: NodeJS.WriteStream) => {
  const paint = (format: Format) => (text: string) => styleText(format, text, { stream });
  return {
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
    quiet: paint('dim'),
    strong: paint('bold'),
  } as const;
};

/** For what goes to standard output. */
export const style = paintsFor(process.stdout);

/** For what goes to standard error. */
export const errorStyle = paintsFor(process.stderr);
