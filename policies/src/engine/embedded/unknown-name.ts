import type { CompiledModel } from '../../model/compiled.ts';

/** `unknown type "dok"; did you mean "doc"?` */
export const unknownType = (model: CompiledModel, type: string): string =>
  `unknown type "${type}"${meant(model.nearestType(type))}`;

export const unknownRelation = (model: CompiledModel, type: string, relation: string): string =>
  `unknown relation "${relation}" of ${type}${meant(model.nearestRelation(type, relation))}`;

const meant = (name: string | undefined): string => (name === undefined ? '' : `; did you mean "${name}"?`);
