import { z } from 'zod';
import { variables } from './config.ts';

/** One line per variable: name, description and default, from the schema that reads them. */
export const variablesHelp = (): string => {
  const properties = Object.entries(variables).map(([name, schema]) => {
    const { default: preset } = z.toJSONSchema(schema, { io: 'input' }) as { default?: string };
    return `  ${name.padEnd(25)} ${schema.description ?? ''}${preset === undefined ? '' : ` (default: ${preset})`}`;
  });
  return `\nEnvironment:\n${properties.join('\n')}`;
};
