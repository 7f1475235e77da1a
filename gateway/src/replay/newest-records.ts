import { open } from 'node:fs/promises';
import type { RecentLines } from '../records/recent-lines.ts';
import { recordedRequest } from './replay-record.ts';
import type { RecordedRequest } from './replay-record.ts';

/** From the memory of a running gateway; without one from its log, if there is any. Newest first. */
export const newestRecords = async (
  recent: RecentLines | undefined,
  log: string,
  limit: number,
): Promise<readonly RecordedRequest[]> =>
  recent === undefined ? recordsInLog(log, limit).catch(noneWhenAbsent) : recent.newest(limit).flatMap(recordIn);

/** From a decision log and the file that gave way to it, newest first. Rejects when the log itself cannot be read. */
export const recordsInLog = async (file: string, limit: number): Promise<readonly RecordedRequest[]> => {
  const newest = await lastRecords(file, limit);
  if (newest.length >= limit) return newest;
  const older = await lastRecords(`${file}.1`, limit - newest.length).catch(noneWhenAbsent);
  return [...newest, ...older];
};

const noneWhenAbsent = (error: NodeJS.ErrnoException): readonly RecordedRequest[] => {
  if (error.code === 'ENOENT') return [];
  throw error;
};

const chunkBytes = 1 << 20;

/** Reads backwards, no more than is needed: a log may have grown for weeks. */
const lastRecords = async (file: string, limit: number): Promise<readonly RecordedRequest[]> => {
  await using handle = await open(file, 'r');
  const records: RecordedRequest[] = [];
  let end = (await handle.stat()).size;
  let rest = Buffer.alloc(0);
  while (end > 0 && records.length < limit) {
    const begin = Math.max(0, end - chunkBytes);
    const chunk = Buffer.alloc(end - begin);
    await handle.read(chunk, 0, chunk.length, begin);
    const bytes = Buffer.concat([chunk, rest]);
    // What stands before the first newline began in the chunk before.
    const whole = begin === 0 ? 0 : bytes.indexOf(0x0a) + 1;
    rest = bytes.subarray(0, whole);
    records.push(...bytes.subarray(whole).toString('utf8').split('\n').toReversed().flatMap(recordIn));
    end = begin;
  }
  return records.slice(0, limit);
};

/** Nothing for a line that a killed process left torn. */
const recordIn = (line: string): RecordedRequest[] => {
  try {
    const read = recordedRequest.safeParse(JSON.parse(line));
    return read.success ? [read.data] : [];
  } catch {
    return [];
  }
};
