const begin = '<!-- bench:begin -->';
const end = '<!-- bench:end -->';

/** Puts a report between the two markers. Throws when they are not there, once each and in order. */
export const replaceReport = (readme: string, report: string): string => {
  const [before, rest, ...moreBegins] = readme.split(begin);
  const [, after, ...moreEnds] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined || moreBegins.length + moreEnds.length > 0) {
    throw new Error(`the README must have ${begin} and ${end}, once each`);
  }
  return `${before}${begin}\n${report}\n${end}${after}`;
};
