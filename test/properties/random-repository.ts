import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { initBare, writeHistory, type WrittenCommit } from '../../fixtures/git/write-history.ts';
import { writeTrailers } from '../../src/journal/write-trailers.ts';
import type { Pin } from '../../src/manifests/pin.ts';
import type { RandomManifest } from '../../src/manifests/random-manifest.fixture.ts';
import { branchOf } from '../../src/rollback/branch.ts';
import { HOUR, SECOND, type Instant } from '../../src/time.ts';
import { drawFiles, isChosen, redraw, rewrite, tupleOf, type Tuple } from './random-files.ts';

type Draw = fc.GeneratorValue;

/** A manifest at one commit, with the marks of the target's pins and of every other scalar. */
export interface State {
  readonly files: ReadonlyMap<string, RandomManifest>;
  readonly tuple: Tuple;
}

/** One commit of the default branch's first-parent history, as the writer knows it. */
export interface MainCommit {
  readonly oid: string;
  readonly at: Instant;
  readonly state: State;
  /** Where each file stood: a file that is moved later stands elsewhere. */
  readonly paths: ReadonlyMap<string, string>;
  /** What a rollback that this commit is went away from. */
  readonly rolledBack?: { readonly from: Tuple; readonly to: Tuple };
}

export interface RandomRepository {
  readonly folder: string;
  readonly pins: readonly Pin[];
  /** Oldest first. */
  readonly main: readonly MainCommit[];
}

export const TARGET = { model: 'ranker', environment: 'production' } as const;
const START: Instant = Date.parse('2026-01-05T00:00:00Z');

/** Draws manifests and a history of them, and writes it into a new bare repository at `folder`. */
export function drawRepository(g: Draw, folder: string): RandomRepository {
  const files = drawFiles(g);
  const pins = [...files.values()].flatMap(({ pins: marked }) =>
    marked.filter(isChosen).map(({ pin }) => pin),
  );
  initBare(folder);
  const writer = new HistoryWriter(g, folder, files);
  const steps = g(fc.integer, { min: 3, max: 9 });
  for (let step = 0; step < steps; step += 1) writer.step();
  return { folder, pins, main: writer.finish() };
}

class HistoryWriter {
  readonly #g: Draw;
  readonly #folder: string;
  readonly #done: MainCommit[] = [];
  #batch: WrittenCommit[] = [];
  /** Of the batch: which of its commits are on the first-parent history, and what they are. */
  #onMain: { readonly index: number; readonly commit: Omit<MainCommit, 'oid'> }[] = [];
  #files: ReadonlyMap<string, RandomManifest>;
  #paths: Map<string, string>;
  #at = START;
  #count = 0;

  constructor(g: Draw, folder: string, files: ReadonlyMap<string, RandomManifest>) {
    this.#g = g;
    this.#folder = folder;
    this.#files = files;
    this.#paths = new Map(
      [...files.keys()].map((name) => [name, g(fc.boolean) ? name : name.replace('deploy', 'old')]),
    );
    this.#commit('Start', this.#written(files));
  }

  step(): void {
    const g = this.#g;
    this.#at += g(fc.integer, { min: 1, max: 60 }) * HOUR;
    const kinds = [
      'release',
      'release',
      'release',
      'release',
      'edit',
      'both',
      'elsewhere',
    ] as const;
    const kind = g(
      fc.constantFrom,
      ...kinds,
      'rollback' as const,
      'return' as const,
      'move' as const,
    );
    switch (kind) {
      case 'release':
        return this.#land('Release', this.#changePins());
      case 'edit':
        return this.#land('Edit', this.#changeOthers(this.#files));
      case 'both':
        return this.#land('Release and tidy', this.#changeOthers(this.#changePins()));
      case 'elsewhere':
        return this.#elsewhere();
      case 'return':
        return this.#goBack(false);
      case 'rollback':
        return this.#goBack(true);
      case 'move':
        return this.#move();
    }
  }

  finish(): readonly MainCommit[] {
    // The policy names where the files stand in the end.
    while ([...this.#paths].some(([name, path]) => name !== path)) this.#move();
    this.#at += HOUR;
    this.#land('Release the last one', this.#changePins());
    this.#flush();
    return this.#done;
  }

  #written(files: ReadonlyMap<string, RandomManifest>): Record<string, string> {
    return Object.fromEntries(
      [...files].map(([name, { text }]) => [this.#paths.get(name) ?? name, text]),
    );
  }

  /** Other tokens for some of the target's pins. */
  #changePins(): ReadonlyMap<string, RandomManifest> {
    const all = this.#g(fc.boolean);
    return redraw(
      this.#g,
      this.#files,
      (marked) => isChosen(marked) && (all || this.#g(fc.boolean)),
    );
  }

  /** Another text around the target's pins: other scalars, and a comment where the format has some. */
  #changeOthers(files: ReadonlyMap<string, RandomManifest>): ReadonlyMap<string, RandomManifest> {
    const edited = redraw(this.#g, files, (marked) => !isChosen(marked) && this.#g(fc.boolean));
    return new Map(
      [...edited].map(([name, manifest]) => {
        const line = name.endsWith('.json') ? '\n' : `\n# note ${this.#count}\n`;
        const text = this.#g(fc.boolean) ? manifest.text + line : manifest.text;
        return [name, { ...manifest, text }];
      }),
    );
  }

  /** Brings a change to the default branch the way GitHub would. */
  #land(subject: string, files: ReadonlyMap<string, RandomManifest>): void {
    const shape = this.#g(fc.constantFrom, 'squash', 'merge', 'rebase');
    const names = [...files.keys()].filter(
      (name) => files.get(name)?.text !== this.#files.get(name)?.text,
    );
    const parts = names.map((name) => new Map([[name, files.get(name) ?? { text: '', pins: [] }]]));
    const become = (part: ReadonlyMap<string, RandomManifest>) =>
      (this.#files = new Map([...this.#files, ...part]));
    if (shape === 'rebase') {
      // File by file: for a moment a pair stands on the branch that nobody meant.
      for (const part of parts) {
        become(part);
        this.#commit(`${subject}, in parts`, this.#written(part));
      }
      return;
    }
    if (shape === 'merge' && parts.length > 0) {
      const tip = this.#tip();
      const base = this.#older();
      for (const [index, part] of parts.entries()) {
        this.#batch.push({
          message: `${subject}, on a side branch`,
          files: this.#written(part),
          parents: [index === 0 ? base : this.#batch.length - 1],
          at: this.#at / SECOND,
        });
      }
      become(files);
      const message = `Merge pull request #${this.#count} from acme/side`;
      return this.#commit(message, this.#written(files), [tip, this.#batch.length - 1]);
    }
    become(files);
    this.#commit(subject, this.#written(files));
  }

  /** Makes the pins say what they said some commits ago: by hand, or as a rollback that tells what it did. */
  #goBack(told: boolean): void {
    this.#flush();
    const now = tupleOf(this.#files);
    const others = this.#done.filter(({ state }) => !isDeepStrictEqual(state.tuple, now));
    const goal = others[this.#g(fc.nat, { max: Math.max(0, others.length - 1) })];
    this.#elsewhere();
    if (!goal) return;
    const files = new Map(
      [...this.#files].map(([name, manifest]) => {
        const then = goal.state.files.get(name);
        const tokens = new Map(
          manifest.pins.flatMap((marked, index) => {
            const earlier = then?.pins[index];
            if (!isChosen(marked) || !then || !earlier) return [];
            const token = then.text.slice(earlier.start, earlier.end);
            return [[index, { token, value: earlier.value }] as const];
          }),
        );
        return [name, rewrite(manifest, tokens)];
      }),
    );
    this.#files = files;
    if (!told) return this.#commit('Go back by hand', this.#written(files));
    const bad = this.#broughtBy(now);
    const record = {
      target: TARGET,
      mode: 'automatic',
      badCommit: bad,
      base: this.#done.at(-1)?.oid ?? '',
      from: now,
      to: goal.state.tuple,
      alert: { name: 'Drift', source: 'am', severity: 'critical' },
      firstSeen: this.#at,
      decidedAt: this.#at,
      policy: { file: '.lastgood/ranker.yaml', commit: bad },
    } as const;
    const message = `Roll back (#7)\n\n${branchOf({ target: TARGET, badCommit: bad })}\n\n${writeTrailers(record)}`;
    this.#commit(message, this.#written(files), undefined, { from: now, to: goal.state.tuple });
  }

  /** The commit that brought what runs. */
  #broughtBy(tuple: Tuple): string {
    let oid = '';
    for (const commit of this.#done.toReversed()) {
      if (!isDeepStrictEqual(commit.state.tuple, tuple)) break;
      oid = commit.oid;
    }
    return oid;
  }

  #move(): void {
    const [name, path] = [...this.#paths].find(([to, from]) => to !== from) ?? [];
    if (name === undefined || path === undefined) return this.#elsewhere();
    this.#paths.set(name, name);
    this.#commit('Move a file', { [path]: null, [name]: this.#files.get(name)?.text ?? '' });
  }

  #elsewhere(): void {
    this.#commit('Elsewhere', { 'README.md': `${this.#count}\n` });
  }

  #tip(): number {
    if (this.#onMain.length === 0) this.#elsewhere();
    return this.#onMain.at(-1)?.index ?? 0;
  }

  /** Some commit of the default branch that a side branch may have been made from. */
  #older(): number {
    const at = this.#g(fc.nat, { max: this.#onMain.length - 1 });
    return this.#onMain[at]?.index ?? 0;
  }

  #commit(
    message: string,
    files: WrittenCommit['files'],
    parents?: readonly number[],
    rolledBack?: MainCommit['rolledBack'],
  ): void {
    this.#count += 1;
    this.#at += SECOND;
    const tip = this.#onMain.at(-1);
    this.#batch.push({
      message,
      files: files ?? {},
      at: this.#at / SECOND,
      ...(parents ? { parents } : tip && { parents: [tip.index] }),
    });
    this.#onMain.push({
      index: this.#batch.length - 1,
      commit: {
        at: this.#at,
        state: { files: this.#files, tuple: tupleOf(this.#files) },
        paths: new Map(this.#paths),
        ...(rolledBack && { rolledBack }),
      },
    });
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    const onto = this.#done.at(-1)?.oid;
    const oids = writeHistory(this.#folder, 'main', this.#batch, onto);
    for (const { index, commit } of this.#onMain) {
      this.#done.push({ oid: oids[index] ?? '', ...commit });
    }
    this.#batch = [];
    this.#onMain = [];
  }
}
