import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert } from '../../src/alerts/alert.ts';
import { GENESIS } from '../../src/journal/chain.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { planCommit } from '../../src/journal/plan-commit.ts';
import { recordOf, type JournalRecord } from '../../src/journal/record.ts';
import type { RollbackRecord } from '../../src/journal/trailers.ts';
import { writeTrailers } from '../../src/journal/write-trailers.ts';
import { branchOf } from '../../src/rollback/branch.ts';
import type { PlannedRelease } from '../../src/rollback/plan.ts';
import { DAY, HOUR, MINUTE, SECOND, type Instant } from '../../src/time.ts';
import { Folder } from '../pack/folder-tree.ts';
import { PackWriter } from '../pack/pack-writer.ts';
import { createRandom, pick } from '../random.ts';
import { modelNames } from '../sample-manifests.ts';

const BEGIN = Date.UTC(2021, 0, 4, 8);
/** Rollbacks come so far apart that no budget of a repository is used up. */
const APART = 4 * HOUR;
/** So many incidents are one commit of the journal. */
const BATCH = 20;

const APP = 'lastgood[bot] <1091+lastgood[bot]@users.noreply.github.com>';
const GITHUB = 'GitHub <noreply@github.com>';
const ANN = 'Ann Okafor <ann@acme.example>';

/** A repository in which one release after another was rolled back, and everything is in the journal. */
export interface AuditedRepository {
  readonly folder: string;
  readonly rollbacks: number;
  /** When the last incident was over. */
  readonly end: Instant;
}

export interface AuditedSize {
  readonly rollbacks: number;
  readonly models: number;
  /** So many releases come before each bad one, on average, and stay. Default: none. */
  readonly good?: number;
}

/**
 * Writes a repository with so many rollbacks of so many models: every second commit of its history brings a bad release,
 * and the next one takes it back. Records, entries, pages and plots are written by Lastgood's own code; only the commits
 * are made here, as GitHub would make them. Equal sizes make equal commits.
 */
export function writeAuditedRepository(
  folder: string,
  { rollbacks, models, good: stays = 0 }: AuditedSize,
): AuditedRepository {
  mkdirSync(folder, { recursive: true });
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  const known = new Set<string>();
  const pack = new PackWriter(join(folder, 'objects'), known);
  const names = modelNames(models);
  const main = new Branch(pack);
  for (const name of names) {
    main.put(`models/${name}.yaml`, `version: "1.0"\nsnapshot: f-0\n`);
    main.put(`.lastgood/${name}.yaml`, policyOf(name));
  }
  const first = main.commit(BEGIN - 30 * DAY, ANN, ANN, 'Bring all models\n');
  const running = new Map(
    names.map((name) => [name, release(first, BEGIN - 30 * DAY, '1.0', 'f-0')]),
  );
  const journal = new Branch(pack, main);
  let [link, end] = [GENESIS, BEGIN];
  const texts = new Map<string, string>();
  let batch: JournalRecord[] = [];
  const random = createRandom(rollbacks);
  for (let i = 0; i < rollbacks; i += 1) {
    const name = names[i % models] ?? '';
    const before = BEGIN + i * APART;
    for (let more = stays === 0 ? 0 : random.below(2 * stays + 1); more > 0; more -= 1) {
      const other = pick(names, random);
      const version = `1.${i}.${more}`;
      main.put(`models/${other}.yaml`, `version: "${version}"\nsnapshot: f-${i}\n`);
      const commit = main.commit(before, ANN, ANN, `Release ${other} ${version}\n`);
      running.set(other, release(commit, before, version, `f-${i}`));
    }
    const good = running.get(name) ?? release(first, BEGIN, '1.0', 'f-0');
    const at = BEGIN + i * APART;
    const put = ({ versions }: PlannedRelease): void =>
      main.put(
        `models/${name}.yaml`,
        `version: "${versions['model']}"\nsnapshot: ${versions['features']}\n`,
      );
    const bad = release('', at, `1.${i + 1}`, `f-${i + 1}`);
    put(bad);
    const base = main.commit(at, ANN, ANN, `Release ${name} ${bad.versions['model']}\n`);
    const brought = { ...bad, commit: base };
    const reviewed = i % 3 === 0;
    const record = recordFor(name, brought, good, base, first, reviewed, at + HOUR);
    put(good);
    // Most are quick and some take long, as with everything that people or queues take part in.
    const slow = 1 + random.below(6) ** 2;
    const took = reviewed ? slow * MINUTE : slow * SECOND;
    const merged = at + HOUR + took + random.below(60) * SECOND;
    const message = `Roll back production/${name}\n\n${writeTrailers(record)}\n`;
    const commit = main.commit(merged, APP, GITHUB, message);
    running.set(name, { ...good, commit, at: merged });
    batch.push(...entriesOf(record, brought, good, i, { commit, at: merged }));
    end = merged + 3 * HOUR;
    if ((i + 1) % BATCH !== 0 && i + 1 < rollbacks) continue;
    const planned = planCommit(batch, texts, link, true);
    if (!planned) throw new Error('Nothing was written to the journal.');
    for (const [path, text] of Object.entries(planned.files)) journal.put(path, text);
    journal.commit(end, APP, GITHUB, `${planned.headline}\n\n${planned.body}\n`);
    link = planned.link;
    batch = [];
  }
  pack.finish();
  const set = (name: string, oid: string): void =>
    void execFileSync('git', ['-C', folder, 'update-ref', `refs/heads/${name}`, oid]);
  set('main', main.head);
  set('lastgood/journal', journal.head);
  return { folder, rollbacks, end };
}

/** A branch that is written commit by commit. */
class Branch {
  readonly #root: Folder;
  readonly #pack: PackWriter;
  head = '';

  constructor(pack: PackWriter, from?: Branch) {
    this.#pack = pack;
    this.#root = new Folder();
    if (from) this.head = from.head;
  }

  put(path: string, text: string): void {
    this.#root.set(path.split('/'), Buffer.from(text), this.#pack);
  }

  commit(at: Instant, author: string, committer: string, message: string): string {
    const tree = this.#root.store(this.#pack).toString('hex');
    const when = `${Math.floor(at / SECOND)} +0000`;
    const parent = this.head === '' ? '' : `parent ${this.head}\n`;
    const text = `tree ${tree}\n${parent}author ${author} ${when}\ncommitter ${committer} ${when}\n\n${message}`;
    this.head = this.#pack.add('commit', Buffer.from(text)).oid.toString('hex');
    return this.head;
  }
}

function policyOf(name: string): string {
  return `extends: online-critical
model: ${name}
owners: ['@acme/${name}']
approvals:
  from: ['@ann']
environments:
  production:
    pins:
      model:
        file: models/${name}.yaml
        path: version
      features:
        file: models/${name}.yaml
        path: snapshot
`;
}

function release(commit: string, at: Instant, model: string, features: string): PlannedRelease {
  const subject = `Release ${model}`;
  return { commit, at, author: 'Ann Okafor', subject, versions: { model, features } };
}

function recordFor(
  model: string,
  bad: PlannedRelease,
  good: PlannedRelease,
  base: string,
  policy: string,
  reviewed: boolean,
  seen: Instant,
): RollbackRecord {
  const severity = reviewed ? 'medium' : 'critical';
  return {
    target: { environment: 'production', model },
    mode: reviewed ? 'reviewed' : 'automatic',
    badCommit: bad.commit,
    goalCommit: good.commit,
    base,
    from: bad.versions,
    to: good.versions,
    alert: { name: 'ErrorRateHigh', source: 'alertmanager', severity },
    firstSeen: seen,
    decidedAt: seen + SECOND,
    ...(reviewed && { approvedBy: [{ login: 'ann', id: 4711 }] }),
    policy: { file: `.lastgood/${model}.yaml`, commit: policy },
  };
}

/** What Lastgood writes down of such an incident, from its decision to its verified end. */
function entriesOf(
  record: RollbackRecord,
  bad: PlannedRelease,
  good: PlannedRelease,
  i: number,
  merge: { readonly commit: string; readonly at: Instant },
): readonly JournalRecord[] {
  const { target, firstSeen, base } = record;
  const reviewed = record.mode === 'reviewed';
  const severity = reviewed ? 'medium' : 'critical';
  const plan = {
    target,
    base,
    bad,
    goal: { kind: 'release' as const, ...good },
    edits: [],
    files: [],
    leftAlone: [],
  };
  const number = i + 1;
  const common = { repository: 'acme/ml-manifests', incident: branchOf(record) };
  const followed = { ...common, kind: 'followed', number, commit: merge.commit } as const;
  const samples = [
    {
      name: 'error rate',
      values: 'share' as const,
      points: Array.from({ length: 40 }, (_, j) => ({
        at: firstSeen - 20 * MINUTE + j * MINUTE,
        value: j > 16 && j < 22 ? 0.2 + (j % 3) / 50 : 0.01 + (j % 5) / 1_000,
      })),
      bound: { value: 0.05, label: 'threshold' },
    },
  ];
  const alert: Alert = {
    source: 'alertmanager',
    format: 'alertmanager',
    fingerprint: `f${i}`,
    status: 'firing',
    name: 'ErrorRateHigh',
    model: target.model,
    severity,
    startsAt: firstSeen - 4 * MINUTE,
    receivedAt: firstSeen,
    value: '0.21',
    threshold: '> 0.05',
    labels: {},
  };
  const entries: readonly Entry[] = [
    {
      ...common,
      kind: 'decided',
      at: firstSeen + SECOND,
      sentence: `Rolling back production/${target.model} now: ErrorRateHigh is ${severity}.`,
      alert,
      decision: { act: reviewed ? 'review' : 'merge', reason: 'policy', facts: { severity } },
      target,
      policy: record.policy,
    },
    { ...common, kind: 'planned', at: firstSeen + SECOND, sentence: 'Planned.', plan },
    {
      ...common,
      kind: 'proposed',
      at: firstSeen + 2 * SECOND,
      sentence: `Pull request #${number} opened.`,
      plan,
      number,
      url: `https://github.com/acme/ml-manifests/pull/${number}`,
      record,
    },
    {
      ...common,
      kind: 'merged',
      at: merge.at,
      sentence: `Pull request #${number} merged.`,
      number,
      commit: merge.commit,
      by: reviewed ? 'approval' : 'policy',
      record,
    },
    {
      ...followed,
      at: merge.at + 2 * MINUTE,
      happened: 'rolled-out',
      sentence: 'It is rolled out.',
    },
    {
      ...followed,
      at: merge.at + 9 * MINUTE,
      happened: 'recovered',
      since: merge.at + 4 * MINUTE,
      sentence: 'It recovered.',
      samples,
    },
    { ...followed, at: merge.at + 2 * HOUR, happened: 'verified', sentence: 'It is over.' },
  ];
  return entries.flatMap((entry) => recordOf(entry) ?? []);
}
