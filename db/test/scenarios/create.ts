import { openDatabase } from '../../src/client.ts';

/** Makes a database, saying when it begins and when it is done, and ends. */
const opened = await openDatabase({ folder: process.argv[2] ?? '', onCreating: () => console.log('creating') });
if (opened.kind === 'unusable') throw opened.cause;
console.log('open');
await opened.database.close();
