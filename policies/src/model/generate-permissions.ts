import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadModel } from './load.ts';
import { isPermission } from './relation.ts';
import type { CompiledModel } from './compiled.ts';

const modelFolder = fileURLToPath(new URL('../../model', import.meta.url));
const target = new URL('../permissions.generated.ts', import.meta.url);

/** The text of `permissions.generated.ts`: what may be asked, by type. */
const permissionsText = (model: CompiledModel): string => {
  const types = model.types
    .map((type) => ({ type, permissions: model.relationsOf(type).filter(isPermission) }))
    .filter(({ permissions }) => permissions.length > 0);
  const rows = types.map(({ type, permissions }) =>
    [`  ${type}: [`, ...permissions.map((name) => `    '${name}',`), '  ],'].join('\n'),
  );
  return `${[
    '// Generated from policies/model by `npm run generate -w @gatehouse/policies`; compared in CI. Do not edit.',
    '',
    '/** The permissions of each type: the only relations that gateway and API ask. */',
    'export const permissions = {',
    ...rows,
    '} as const;',
    '',
    'export type PermissionType = keyof typeof permissions;',
    '',
    '/** A permission of one type, or of any. */',
    'export type Permission<T extends PermissionType = PermissionType> = (typeof permissions)[T][number];',
  ].join('\n')}\n`;
};

export const generatePermissions = async (): Promise<string> => permissionsText((await loadModel(modelFolder)).model);

if (import.meta.main) await writeFile(target, await generatePermissions());
