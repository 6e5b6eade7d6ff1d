import type { Oid } from '../../releases/release.ts';
import type { Instant } from '../../time.ts';

/** A commit of the default branch that says it is a drill's: by other code than that which writes it. */
export interface SeenDrill {
  readonly commit: Oid;
  readonly parent: Oid | undefined;
  readonly at: Instant;
  readonly author: string;
  readonly committer: string;
  /** A sentence where its mark is none. */
  readonly mark: DrillSeen | string;
}

export interface DrillSeen {
  readonly target: string;
  /** Which drill of the target. */
  readonly started: string;
  readonly part: 'there' | 'back';
}

/** What a message says of a drill; undefined where it speaks of none. */
export function readDrillMark(message: string): DrillSeen | string | undefined {
  const blocks = message.replaceAll('\r', '').split(/\n\s*\n/);
  const block = blocks.findLast((one) => /^Lastgood-Drill:/m.test(one));
  if (block === undefined) return undefined;
  const values = (key: string): readonly string[] =>
    [...block.matchAll(new RegExp(`^Lastgood-${key}:[ \\t]*(.*)$`, 'gm'))].map(([, value = '']) =>
      value.trim(),
    );
  const wrong = ['Drill', 'Drill-Started', 'Drill-Part', 'Drill-Bad'].find(
    (key) => values(key).length !== 1,
  );
  if (wrong !== undefined) return `Lastgood-${wrong} has to stand there once`;
  const part = values('Drill-Part')[0];
  if (part !== 'there' && part !== 'back') return 'Lastgood-Drill-Part is neither there nor back';
  return {
    target: decode(values('Drill')[0] ?? ''),
    started: values('Drill-Started')[0] ?? '',
    part,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The name of the drill that a mark is of. */
export function drillName({ target, started }: DrillSeen): string {
  return `${target} ${started}`;
}
