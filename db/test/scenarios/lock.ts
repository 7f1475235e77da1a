import { lockFolder } from '../../src/folder-lock.ts';

/** Prints the outcome and, holding the lock, waits to be killed or for its input to end. */
const lock = lockFolder(process.argv[2] ?? '');
console.log(lock.kind === 'unusable' ? `unusable ${lock.reason}` : lock.kind);
if (lock.kind === 'locked') process.stdin.resume();
