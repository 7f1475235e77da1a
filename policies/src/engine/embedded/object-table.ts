import { nobody } from './members.ts';
import type { Members } from './members.ts';
import type { Program } from './program.ts';

/** The tuples of one relation of one object, apart by what stands in them. */
export type Row = {
  /** Object ids: people, and the parents that `from` walks to. */
  object: Members;
  /** Type ids. */
  wildcard: Members;
  /** `object id × number of slots + slot`. */
  userset: Members;
};

/** Objects by number. Ids are given on first sight of a stored tuple and never change; questions add none. */
export type ObjectTable = {
  readonly idOf: ReadonlyMap<string, number>;
  readonly names: readonly string[];
  readonly typeOf: readonly number[];
  /** The rows of an object stand side by side from `firstRow[object]`, one for each stored relation of its type. */
  readonly firstRow: readonly number[];
  readonly rows: readonly (Row | undefined)[];
  readonly intern: (name: string, type: number) => number;
  readonly rowFor: (object: number, row: number) => Row;
};

export const objectTable = (program: Program): ObjectTable => {
  const idOf = new Map<string, number>();
  const names: string[] = [];
  const typeOf: number[] = [];
  const firstRow: number[] = [];
  const rows: (Row | undefined)[] = [];
  return {
    idOf,
    names,
    typeOf,
    firstRow,
    rows,
    intern: (name, type) => {
      const known = idOf.get(name);
      if (known !== undefined) return known;
      const id = names.push(name) - 1;
      idOf.set(name, id);
      typeOf.push(type);
      firstRow.push(rows.length);
      for (let row = program.rowCounts[type]!; row > 0; row--) rows.push(undefined);
      return id;
    },
    rowFor: (object, row) => (rows[firstRow[object]! + row] ??= { object: nobody, wildcard: nobody, userset: nobody }),
  };
};
