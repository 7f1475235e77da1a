import { readFile, readdir } from 'node:fs/promises';

/** USER_HZ, the unit of the times in /proc, is 100 wherever Node runs on Linux. */
const microsPerTick = 10_000;

/**
 * Processor time of a process and everything that it started, user and system, in microseconds (steps of 10 ms).
 * A child that has ended counts through its parent. Null where there is no /proc: not Linux.
 */
export const processorMicros = async (pid: number): Promise<number | null> => {
  if (process.platform !== 'linux') return null;
  const processes = await allProcesses();
  const tree = new Set([pid]);
  for (let before = 0; before < tree.size;) {
    before = tree.size;
    for (const each of processes) if (tree.has(each.parent)) tree.add(each.pid);
  }
  const ticks = processes.filter((each) => tree.has(each.pid)).reduce((sum, each) => sum + each.ticks, 0);
  return ticks * microsPerTick;
};

type Process = { readonly pid: number; readonly parent: number; readonly ticks: number };

const allProcesses = async (): Promise<Process[]> => {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const seen = await Promise.all(names.map(async (name) => parseStat(await statOf(name))));
  return seen.filter((each) => each !== null);
};

/** Empty when the process has ended since the folder was listed. */
const statOf = (name: string): Promise<string> => readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');

/** See proc(5): the name in brackets may contain spaces and brackets, so the fields are counted after the last one. */
export const parseStat = (line: string): Process | null => {
  const pid = Number.parseInt(line, 10);
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const parent = Number(fields[1]);
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
  return Number.isInteger(pid) && Number.isInteger(parent) && Number.isInteger(ticks) ? { pid, parent, ticks } : null;
};
