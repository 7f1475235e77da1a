const byteUnits: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KB', 1024],
  ['MB', 1024 ** 2],
  ['GB', 1024 ** 3],
]);
const timeUnits: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** `5MB`, `64KB`, `1GB` or a plain number of bytes; units are powers of 1024. Undefined when it is no such thing. */
export const readBytes = (text: string | number): number | undefined => readQuantity(String(text), byteUnits);

/** `30s`, `500ms`, `2m`, `1h` in milliseconds. A number without unit is none: nobody knows what it would mean. */
export const readDurationMs = (text: string | number): number | undefined => readQuantity(String(text), timeUnits);

const readQuantity = (text: string, units: ReadonlyMap<string, number>): number | undefined => {
  const parts = /^(\d{1,12})\s?([A-Za-z]*)$/.exec(text);
  const factor = parts === null ? undefined : units.get(parts[2] ?? '');
  return factor === undefined ? undefined : Number(parts?.[1]) * factor;
};
