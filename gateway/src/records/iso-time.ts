/** RFC 3339 in UTC with milliseconds, as `toISOString` gives it. Remembers the second: the rest is three digits. */
export const isoTimes = (): ((wallMs: number) => string) => {
  let second = Number.NaN;
  let prefix = '';
  return (wallMs) => {
    const whole = Math.floor(wallMs);
    const ms = whole % 1_000;
    if (whole - ms !== second) {
      second = whole - ms;
      prefix = new Date(second).toISOString().slice(0, -4);
    }
    return `${prefix}${ms < 100 ? (ms < 10 ? '00' : '0') : ''}${ms}Z`;
  };
};
