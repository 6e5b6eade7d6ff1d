import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Line {
  readonly what: string;
  readonly lane: string;
  readonly key: string;
  /** By the clock that all processes of the machine share. */
  readonly at: number;
}

/** A process under test, and what it wrote. */
export interface Running {
  readonly lines: Line[];
  /** Resolves when it has written so many lines that begin with this. */
  wrote(what: string, times?: number): Promise<void>;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
}

const program = new URL('./process.fixture.ts', import.meta.url).pathname;

/** `lease`: in milliseconds, how long it holds a lane that it does not prolong. */
export function run(
  place: string,
  what: 'accept' | 'work' | 'both',
  name: string,
  lease = 5_000,
): Running {
  const child: ChildProcess = spawn(process.execPath, [program, place, what, name, `${lease}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  const waiting: { readonly what: string; times: number; readonly resolve: () => void }[] = [];
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const parts = line.split(' ');
      const [what = '', lane = '', key = ''] = parts;
      lines.push({ what, lane, key, at: Number(parts.at(-1)) });
      for (const one of waiting) if (one.what === what && (one.times -= 1) === 0) one.resolve();
    });
  }
  return {
    lines,
    wrote: (what, times = 1) =>
      new Promise((resolve, reject) => {
        waiting.push({ what, times, resolve });
        void gone.then(() => reject(new Error(`The process ended before it wrote "${what}".`)));
      }),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

export function keysOf(lines: readonly Line[], what: string): Set<string> {
  return new Set(lines.filter((line) => line.what === what).map(({ key }) => key));
}

/**
 * The keys of a lane that were handled for the first time after one that the same client had sent later. In a lane
 * that keeps its order there are none.
 */
export function outOfOrder(lines: readonly Line[]): string[] {
  const newest = new Map<string, number>();
  const seen = new Set<string>();
  const wrong: string[] = [];
  for (const { what, key } of lines) {
    if (what !== 'handled' || seen.has(key)) continue;
    seen.add(key);
    const [name = '', client = '', number = ''] = key.split('.');
    const n = Number.parseInt(number, 10);
    const sender = `${name}.${client}`;
    if (n < (newest.get(sender) ?? 0)) wrong.push(key);
    newest.set(sender, n);
  }
  return wrong;
}

/** Lanes that two processes worked at the same time, by what they wrote when they began and ended. */
export function workedTwice(processes: readonly (readonly Line[])[]): string[] {
  const turns = processes.flatMap((lines, process) => {
    const begun = new Map<string, number>();
    return lines.flatMap(({ what, lane, at }) => {
      if (what === 'begun') begun.set(lane, at);
      return what === 'ended' ? [{ process, lane, from: begun.get(lane) ?? at, to: at }] : [];
    });
  });
  return turns.flatMap((turn) =>
    turns
      .filter(
        (other) =>
          other.process > turn.process &&
          other.lane === turn.lane &&
          other.from < turn.to &&
          turn.from < other.to,
      )
      .map((other) => `${turn.lane} by ${turn.process} and ${other.process} at ${other.from}`),
  );
}
