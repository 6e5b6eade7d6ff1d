import { afterAll, beforeAll, expect } from 'vitest';
import { stringify } from 'yaml';
import type { HubPerson } from '../../fixtures/hub/api/person.ts';
import type { HubRepository } from '../../fixtures/hub/api/repository.ts';
import type { CallRecord } from '../../fixtures/hub/calls.ts';
import { createContract } from '../../fixtures/hub/contract/index.ts';
import type { Hub } from '../../fixtures/hub/hub.ts';
import { alertmanagerMessage, type SampleAlert } from '../../fixtures/hub/sample.ts';
import type { Pull } from '../../fixtures/hub/state.ts';
import { createManualTime, type ManualTime } from '../../fixtures/manual-time.ts';
import { startStage, type Stage, type StageOptions } from '../../fixtures/stage.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { DAY, HOUR, MINUTE, type Milliseconds } from '../../src/time.ts';

/** Nothing in a story depends on when it is told. */
export const STORY_START = Date.parse('2026-11-20T02:17:00Z');

/** One stage for the stories of a file. Each story brings a model of its own, so that none disturbs another. */
export interface Stories {
  readonly stage: Stage;
  readonly time: ManualTime;
  readonly hub: Hub;
  readonly repository: HubRepository;
  as(login: string): HubPerson;
  /** Adds a model with three releases, the newest bad, and its policy. */
  plant(name: string, wanted?: Wanted): Promise<Model>;
  /** Sends an alert about a model through Alertmanager's way in and waits; answers what was told since. */
  alert(model: Model, alert?: Partial<SampleAlert>): Promise<string[]>;
  /** Does something and waits until nothing is left to do; answers what was told since. */
  after(what: () => unknown): Promise<string[]>;
  /** Lets time pass and what is due happen. */
  pass(length: Milliseconds): Promise<string[]>;
  /** Whether something is set for the next minutes. What follows a merge, and people, take longer. */
  isSomethingDue(): Promise<boolean>;
  /** The API calls that something led to, without those for tokens. */
  callsOf(what: () => unknown): Promise<string[]>;
}

/** What is special about a model of a story: parts of its policy, and when the bad release came. */
export interface Wanted {
  readonly policy?: Readonly<Record<string, unknown>>;
  /** Replaces the environment's part of the policy. */
  readonly production?: Readonly<Record<string, unknown>>;
  readonly badAge?: Milliseconds;
  /** What the bad release is. */
  readonly badVersions?: Versions;
}

export interface Versions {
  readonly model: string;
  readonly features: string;
}

/** A model that a story is about. */
export interface Model {
  readonly name: string;
  readonly target: string;
  readonly file: string;
  readonly featuresFile: string;
  readonly policyFile: string;
  /** The commit that brought the bad release. */
  readonly bad: string;
  /** The commit that brought the release before it. */
  readonly good: string;
  /** What the default branch says now. */
  runs(): Promise<Versions>;
  /** Puts versions straight on the default branch; answers the commit. */
  ship(versions: Partial<Versions>, how?: Shipping): Promise<string>;
  /** The newest rollback pull request. */
  pull(): Pull;
  pulls(): readonly Pull[];
}

export interface Shipping {
  readonly by?: string;
  readonly message?: string;
}

export const GOOD: Versions = { model: '1.10', features: 'f-10' };
export const BAD: Versions = { model: '1.11', features: 'f-11' };

/** Settings of the repository under which the stories of a file do not disturb one another. */
export const ROOMY =
  'limits: { merge: 500 per 24h, open: 500 per 24h }\nstorm: { models: 500 in 1m }\n';

/** Starts the stage before the stories of a file, ends it after them, and holds every exchange to GitHub's descriptions. */
export function useStories(
  prepare: (stories: Stories) => unknown = () => undefined,
  /** What is special about the stage. */
  wanted: (time: ManualTime) => Promise<StageOptions> = () => Promise.resolve({}),
  /** Whether what happens after a merge is told as well. */
  { afterMerge = false } = {},
): Stories {
  const time = createManualTime(STORY_START);
  let stage: Stage | undefined;
  const here = (): Stage => {
    if (!stage) throw new Error('The stage is not there yet.');
    return stage;
  };
  const after = async (what: () => unknown): Promise<string[]> => {
    const from = here().journal.length;
    await what();
    await here().quiet();
    return told(here().journal.slice(from), afterMerge);
  };
  const stories: Stories = {
    get stage() {
      return here();
    },
    time,
    get hub() {
      return here().hub;
    },
    get repository() {
      return here().sample.repository;
    },
    as: (login) => here().hub.as(login),
    plant: (name, wanted) => plantModel(here(), name, wanted),
    alert: (model, alert) =>
      after(() => here().send('alertmanager', messageFor(model, time, alert))),
    after,
    pass: (length) => after(() => here().pass(length)),
    isSomethingDue: async () => {
      const next = await here().serving.store.timers.next();
      return next !== undefined && next - time.clock() < SOON;
    },
    async callsOf(what) {
      const from = here().hub.calls.length;
      await what();
      await here().quiet();
      return here().hub.calls.slice(from).flatMap(nameOfCall);
    },
  };
  beforeAll(async () => {
    stage = await startStage({
      time,
      contract: createContract(),
      lent: true,
      ...(await wanted(time)),
    });
    await stage.sample.repository.commit({
      by: 'bob',
      message: 'Leave room for many stories',
      files: {
        '.lastgood/repository.yaml': ROOMY,
      },
    });
    await prepare(stories);
    await stage.quiet();
  });
  afterAll(async () => {
    const violations = stage?.hub.violations;
    await stage?.stop();
    expect(violations).toEqual([]);
  });
  return stories;
}

const SOON = 5 * MINUTE;

/** The body that Alertmanager posts about a model: critical and firing since some minutes, unless told otherwise. */
export function messageFor(model: Model, time: ManualTime, alert: Partial<SampleAlert> = {}) {
  return alertmanagerMessage({
    name: 'ScoresDrift',
    model: model.name,
    environment: 'production',
    severity: 'critical',
    startsAt: time.clock() - 7 * MINUTE,
    summary: 'The scores have drifted',
    value: '0.31',
    threshold: '> 0.20',
    ...alert,
  });
}

async function plantModel(stage: Stage, name: string, wanted: Wanted = {}): Promise<Model> {
  const { repository } = stage.sample;
  const file = `models/${name}/model.yaml`;
  const featuresFile = `models/${name}/features.yaml`;
  const policyFile = `.lastgood/${name}.yaml`;
  const now = stage.hub.world.now();
  const files = (versions: Versions) => ({
    [file]: modelText(name, versions.model),
    [featuresFile]: featuresText(name, versions.features),
  });
  const policy = {
    extends: 'online-critical',
    model: name,
    owners: ['@acme/fraud-ml'],
    // Stories of their own tell of the issues of incidents.
    notify: { issue: false },
    // And of rehearsals.
    drills: 'never',
    ...wanted.policy,
    environments: {
      production: {
        pins: {
          model: { file, path: 'spec.storageUri', version: `s3://models/${name}/{version}/model` },
          features: { file: featuresFile, path: 'data.snapshot' },
        },
        approvals: { required: 1, from: ['@acme/fraud-ml', '@acme/sre'] },
        ...wanted.production,
      },
    },
    // Stories of their own tell of what happens when nobody decides. Last, so that no line of the others moves.
    ...(wanted.policy?.['approvals'] === undefined && {
      approvals: { remind: '90d', timeout: '90d' },
    }),
  };
  const made = await repository.commits([
    {
      by: 'alice',
      at: now - 20 * DAY,
      message: `Start ${name} with 1.9`,
      files: { ...files({ model: '1.9', features: 'f-9' }), [policyFile]: stringify(policy) },
    },
    { by: 'alice', at: now - 9 * DAY, message: `Release ${name} 1.10`, files: files(GOOD) },
    {
      by: 'erin',
      at: now - (wanted.badAge ?? 5 * HOUR),
      message: `Release ${name} 1.11`,
      files: files(wanted.badVersions ?? BAD),
    },
  ]);
  await stage.quiet();
  const pulls = () =>
    repository.pulls().filter((pull) => pull.headRef.startsWith(`lastgood/production/${name}/`));
  return {
    name,
    target: `production/${name}`,
    file,
    featuresFile,
    policyFile,
    bad: made.at(-1) ?? '',
    good: made.at(-2) ?? '',
    pulls,
    pull() {
      const last = pulls().at(-1);
      if (!last) throw new Error(`There is no rollback pull request for ${name}.`);
      return last;
    },
    async runs() {
      const [model, features] = await Promise.all([
        repository.read(file),
        repository.read(featuresFile),
      ]);
      return {
        model: /models\/[^/]+\/([^/]+)\/model/.exec(model ?? '')?.[1] ?? 'none',
        features: /snapshot: (\S+)/.exec(features ?? '')?.[1] ?? 'none',
      };
    },
    ship(versions, { by = 'erin', message = `Ship ${name}` } = {}) {
      return repository.commit({
        by,
        message,
        files: {
          ...(versions.model !== undefined && { [file]: modelText(name, versions.model) }),
          ...(versions.features !== undefined && {
            [featuresFile]: featuresText(name, versions.features),
          }),
        },
      });
    },
  };
}

export function modelText(name: string, version: string): string {
  return `# ${name}\nspec:\n  storageUri: 's3://models/${name}/${version}/model'  # by pull request only\n  protocol: v2\n  logger: all\n  batch: 64\n  replicas: 2\n`;
}

export function featuresText(name: string, snapshot: string): string {
  return `# Features of ${name}\ndata:\n  snapshot: ${snapshot}\n  windows: 5m,1h\n`;
}

/**
 * The sentences of entries. What differs with the stories told before is left out: commits, numbers, times. So is a call
 * about what was told just before. What happens after a merge has stories of its own; with it, the same is told to
 * whoever is called.
 */
export function told(entries: readonly Entry[], afterMerge = false): string[] {
  const followed = new Set(
    entries.flatMap(({ kind, sentence }) => (kind === 'followed' ? [sentence] : [])),
  );
  const shown = afterMerge ? entries : entries.filter(({ sentence }) => !followed.has(sentence));
  return shown
    .filter(
      ({ kind, sentence }, at) =>
        afterMerge || kind !== 'paged' || shown[at - 1]?.sentence !== sentence,
    )
    .map(({ sentence }) => plain(sentence));
}

export function plain(sentence: string): string {
  return sentence
    .replace(/\b[0-9a-f]{12,40}\b/g, '<commit>')
    .replace(/#\d+/g, '#N')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, '<time>');
}

function nameOfCall(call: CallRecord): string[] {
  if (call.kind === 'git' || call.path.endsWith('/access_tokens')) return [];
  if (call.kind === 'graphql') return [call.fields.join(' + ')];
  const path = call.path
    .replace('/repos/acme/ml-manifests', '')
    .replace(/\/\d+(?=\/|$)/g, '/N')
    .replace(/\/[0-9a-f]{40}(?=\/|$)/, '/<commit>')
    .replace(/(heads%2Flastgood).*$/, '$1…');
  return [`${call.method} ${path}`];
}
