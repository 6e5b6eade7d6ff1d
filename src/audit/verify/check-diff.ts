import type { Pin } from '../../manifests/pin.ts';
import type { SeenRecord } from './read-record.ts';
import { aroundIt, type Say, type SeenRollback } from './seen.ts';

/** Whether it changed the versions of its pins and nothing else. */
export function checkDiff({ changes, record }: SeenRollback, pins: readonly Pin[], say: Say): void {
  for (const { path, before, after } of changes) {
    const own = pins.filter(({ file }) => file === path);
    if (own.length === 0) say('diff-wider', `${path} changed, and no pin stands there.`);
    else if (before === undefined || after === undefined) {
      say('diff-wider', `${path} was added or taken away.`);
    } else {
      const line = otherLine(before, after, own.length, record);
      if (line !== undefined)
        say('diff-wider', `${path} changed in line ${line}, beside its pins.`);
    }
  }
}

/** The first line that differs by more than a version for its good one; undefined when there is none. */
function otherLine(
  before: string,
  after: string,
  most: number,
  { from, to }: SeenRecord,
): number | undefined {
  const old = before.split('\n');
  const now = after.split('\n');
  if (old.length !== now.length) return Math.min(old.length, now.length);
  const swaps = [...from].flatMap(([pin, version]) => {
    const good = to.get(pin);
    return good === undefined || good === version ? [] : [[version, good] as const];
  });
  let changed = 0;
  for (const [i, line] of old.entries()) {
    const other = now[i] ?? '';
    if (line === other) continue;
    changed += 1;
    const explained = swaps.some(([bad, good]) => replacedOnce(line, other, bad, good));
    if (!explained || changed > most) return i + 1;
  }
  return undefined;
}

/** Whether one line is the other with exactly one occurrence of a version replaced. Comments of Flux may be put out of force. */
function replacedOnce(line: string, other: string, bad: string, good: string): boolean {
  const [old, now] = [line, other].map(withoutMarker);
  if (old === undefined || now === undefined) return false;
  for (let at = old.indexOf(bad); at >= 0; at = old.indexOf(bad, at + 1)) {
    if (old.slice(0, at) + good + old.slice(at + bad.length) === now) return true;
  }
  return false;
}

function withoutMarker(line: string): string {
  const at = line.indexOf('#');
  return at >= 0 && line.includes('$imagepolicy', at) ? line.slice(0, at).trimEnd() : line;
}

/** Whether the pins said before and after it what its record says. */
export function checkVersions(seen: SeenRollback, pins: readonly Pin[], say: Say): void {
  const { record, repaired } = seen;
  const { after, before } = aroundIt(seen);
  for (const { id } of pins) {
    const [from, to] = [record.from.get(id), record.to.get(id)];
    const [was, is] = [before?.versions.get(id), after?.versions.get(id)];
    if (from !== undefined && was !== from && !repaired) {
      say('pins-differ', `${id} was ${was ?? 'unreadable'} before, not ${from} as recorded.`);
    }
    if (to !== undefined && is !== to && !repaired) {
      say('pins-differ', `${id} is ${is ?? 'unreadable'} after it, not ${to} as recorded.`);
    }
  }
}
