import type { Ref } from '@gatehouse/policies/engine/engine';
import { familyOf } from './content-name.ts';

/** Content that its application has deleted and the registry has not: nobody may reach it, nor any of its versions. */
export type ClosedObjects = {
  /** Counted: an object is open again when it was opened as often as it was closed. */
  readonly close: (object: Ref) => void;
  readonly open: (object: Ref) => void;
  /** Costs one comparison as long as nothing is closed. */
  readonly isClosed: (object: Ref) => boolean;
};

export const closedObjects = (): ClosedObjects => {
  const counts = new Map<Ref, number>();
  return {
    close: (object) => void counts.set(object, (counts.get(object) ?? 0) + 1),
    open: (object) => {
      const left = (counts.get(object) ?? 0) - 1;
      if (left > 0) counts.set(object, left);
      else counts.delete(object);
    },
    isClosed: (object) => counts.size !== 0 && counts.has(familyOf(object)),
  };
};
