import { lastTrailers } from '../journal/last-trailers.ts';
import { decodeValue, encodeValue } from '../journal/trailer-value.ts';
import type { Oid } from '../releases/release.ts';
import { parseTargetKey, targetKey } from '../target.ts';
import type { DrillId } from './drill-branch.ts';

/** What the commit of a drill says of it. It never has the trailers of a rollback: it is none. */
export interface DrillMark extends DrillId {
  /** The release that ran when the drill began. */
  readonly bad: Oid;
}

/** The mark as git trailers: one paragraph to end a commit message with. */
export function writeDrillTrailers({ target, startedAt, part, bad }: DrillMark): string {
  return [
    `Lastgood-Drill: ${encodeValue(targetKey(target))}`,
    `Lastgood-Drill-Started: ${new Date(startedAt).toISOString()}`,
    `Lastgood-Drill-Part: ${part}`,
    `Lastgood-Drill-Bad: ${bad}`,
  ].join('\n');
}

/**
 * Reads the mark from a commit message, or from the part of it below the subject: a paragraph of trailers at its end,
 * after which a squash may append others. Undefined without a whole one. Never throws. Everybody can write such a
 * message: what it says has to be held against what its commit did.
 */
export function readDrillTrailers(message: string): DrillMark | undefined {
  if (!message.includes('Lastgood-Drill:')) return undefined;
  const lines = lastTrailers(message, 'Lastgood-Drill');
  return lines && markIn(lines);
}

function markIn(lines: readonly string[]): DrillMark | undefined {
  const one = (key: string): string | undefined => {
    const found = lines.filter((line) => line.startsWith(`${key}:`));
    return found.length === 1 ? found[0]?.slice(key.length + 1).trim() : undefined;
  };
  const target = parseTargetKey(decodeValue(one('Lastgood-Drill') ?? '') ?? '');
  const started = one('Lastgood-Drill-Started') ?? '';
  const startedAt = Date.parse(started);
  const part = one('Lastgood-Drill-Part');
  const bad = one('Lastgood-Drill-Bad') ?? '';
  const whole =
    !Number.isNaN(startedAt) &&
    new Date(startedAt).toISOString() === started &&
    /^[0-9a-f]{40}$/.test(bad);
  if (!target || !whole || (part !== 'there' && part !== 'back')) return undefined;
  return { target, startedAt, part, bad };
}
