const lengthMax = 48;

/** `Shor's Algorithm` → `shor-s-algorithm`. Always `[a-z0-9][a-z0-9-]*`, at most 48 characters. */
export const slug = (name: string): string => {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return trimmed(trimmed(plain).slice(0, lengthMax)) || 'algorithm';
};

/** The slug itself, or with the first free number behind it: `qft`, `qft-2`, `qft-3` … */
export const uniqueSlug = (name: string, isTaken: (id: string) => boolean): string => {
  const base = slug(name);
  if (!isTaken(base)) return base;
  let number = 2;
  while (isTaken(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
};

const trimmed = (text: string): string => text.replaceAll(/^-+|-+$/g, '');
