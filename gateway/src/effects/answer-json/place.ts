/**
 * A spot in a JSON text that somebody asks about, and the spots inside it. The scanner writes where the value begins
 * and ends; nothing else of the text is kept.
 */
export type Place = {
  /** Index of the value's first byte; -1 when there is no such value. */
  start: number;
  /** Index behind the value's last byte; -1 when there is no such value. */
  end: number;
  readonly members: Member[];
  /** What is asked about each element, should the value be an array. */
  each?: Each;
};

/** `bytes` are the name in UTF-8. */
export type Member = { readonly name: string; readonly bytes: Buffer; readonly place: Place };

/** `taken` is called behind each element, while `element` and the places inside it say where that one stands. */
export type Each = { readonly element: Place; readonly taken: () => void };

export const newPlace = (): Place => ({ start: -1, end: -1, members: [] });

/** The spot that names of object members lead to, from `from` inwards; none of them = `from` itself. */
export const placeAt = (from: Place, names: readonly string[]): Place => {
  let place = from;
  for (const name of names) place = memberOf(place, name);
  return place;
};

/** Makes the place, and every place inside it, ready for the next value. */
export const forget = (place: Place): void => {
  place.start = -1;
  place.end = -1;
  for (const member of place.members) forget(member.place);
};

const memberOf = ({ members }: Place, name: string): Place => {
  const known = members.find((member) => member.name === name);
  if (known !== undefined) return known.place;
  const place = newPlace();
  members.push({ name, bytes: Buffer.from(name), place });
  return place;
};
