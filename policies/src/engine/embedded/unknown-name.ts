import { didYouMean } from '../../model/suggest.ts';
import type { CompiledModel } from '../../model/compiled.ts';

/** `unknown type "dok"; did you mean "doc"?` */
export const unknownType = (model: CompiledModel, type: string): string =>
  `unknown type "${type}"${didYouMean(model.nearestType(type))}`;

export const unknownRelation = (model: CompiledModel, type: string, relation: string): string =>
  `unknown relation "${relation}" of ${type}${didYouMean(model.nearestRelation(type, relation))}`;
