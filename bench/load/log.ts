import { fdatasync, openSync, writeSync } from 'node:fs';

/**
 * Opens a file to which lines are appended. What is appended while the disk is at work goes with the next write. Each
 * resolves once its line is on the disk; a process whose disk refuses ends.
 */
export function openLog(path: string): (line: string) => Promise<void> {
  const file = openSync(path, 'a');
  let waiting: { readonly line: string; readonly written: () => void }[] = [];
  let busy = false;
  const write = (): void => {
    const group = waiting;
    busy = group.length > 0;
    if (!busy) return;
    waiting = [];
    writeSync(file, group.map(({ line }) => line).join(''));
    fdatasync(file, (error) => {
      if (error) throw error;
      for (const { written } of group) written();
      write();
    });
  };
  return (line) =>
    new Promise((written) => {
      waiting.push({ line, written });
      if (busy) return;
      busy = true;
      // What has arrived already comes along.
      setImmediate(write);
    });
}
