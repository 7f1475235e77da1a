import type { ModelSource } from './source.ts';

export type Place = { readonly file: string; readonly line: number };

/** Where a type, or a relation of it, is defined. Falls back to the first file, then to the model as a whole. */
export type Locate = (type?: string, relation?: string) => Place;

/** Finds definitions in the model's text by their keywords; the parser's JSON keeps no lines. */
export const locator = (source: ModelSource | undefined): Locate => {
  if (source === undefined) return () => ({ file: 'model', line: 0 });
  let places: Map<string, Place> | undefined;
  return (type, relation) => {
    places ??= placesOf(source);
    const whole: Place = { file: source.files[0]?.name ?? 'model', line: 1 };
    if (type === undefined) return whole;
    return (relation !== undefined && places.get(`${type}#${relation}`)) || places.get(type) || whole;
  };
};

const definition = /^\s*(?:(extend\s+)?type\s+([^\s#]+)|define\s+([^\s:]+)\s*:|condition\s+([^\s(]+))/;

const placesOf = (source: ModelSource): Map<string, Place> => {
  const places = new Map<string, Place>();
  for (const { name: file, text } of source.files) {
    let type = '';
    for (const [index, row] of text.split('\n').entries()) {
      const match = definition.exec(row);
      if (!match) continue;
      const [, extended, typeName, relation, condition] = match;
      const key = typeName ?? (relation === undefined ? `condition ${condition}` : `${type}#${relation}`);
      if (typeName !== undefined) type = typeName;
      if (extended === undefined && !places.has(key)) places.set(key, { file, line: index + 1 });
    }
  }
  return places;
};
