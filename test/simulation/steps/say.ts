import { SECOND } from '../../../src/time.ts';
import { ENVIRONMENT } from '../manifests.ts';
import { TALKERS } from '../model.ts';
import { observe } from '../observe.ts';
import type { Random } from '../random.ts';
import { firstParents, incidentIn, isWhole, pairAt } from '../read-world.ts';
import type { SaidCommand, SaidWords } from '../record.ts';
import type { World } from '../world.ts';
import { act, openRollbacks, rollbacks, type StepKind } from './step.ts';

/** Somebody tells Lastgood something, who may have a say or not, below a rollback or an issue. */
export const say: StepKind = {
  name: 'say',
  // Where there is something to talk about, people talk more than anything else happens.
  weight: (world) => (openRollbacks(world).length > 0 ? 70 : 20),
  possible: ({ beginning }) => beginning.talk !== undefined,
  async perform(world, random) {
    const number = await drawPlace(world, random);
    const login = random.pick([...TALKERS, 'alice', 'bob', 'carol'] as const);
    const commands = [drawCommand(world, random, number)];
    if (random.chance(0.12)) commands.push(drawCommand(world, random, number));
    const text = commands.map((command) => wordsOf(command, random)).join('\n');
    const inCode = random.chance(0.04);
    const body = inCode ? `\`\`\`\n${text}\n\`\`\`` : `${random.pick(['', 'Hm.\n\n'])}${text}`;
    const inReview = isOpen(world, number) && random.chance(0.15);
    const what = `${login}: ${JSON.stringify(body)} below #${number}${inReview ? ' in a review' : ''}`;
    return act(world, what, async () => {
      const moment = observe(world);
      const { hub, repository } = world;
      const { id } = inReview
        ? await hub.as(login).review(repository, number, 'comment', { body })
        : hub.as(login).comment(repository, number, body);
      takeDown(world, {
        moment,
        kind: inReview ? 'review' : 'comment',
        id,
        number,
        login,
        commands: inCode ? [] : commands,
      });
    });
  },
};

/** Somebody edits what was said: the author, or somebody who may write to the repository. */
export const editWords: StepKind = {
  name: 'edit-words',
  weight: () => 4,
  possible: ({ record }) => record.said.some(({ kind }) => kind === 'comment'),
  perform(world, random) {
    const { record, repository, hub, time } = world;
    const said = random.pick(record.said.filter(({ kind }) => kind === 'comment').slice(-3));
    const login = random.pick([said.login, 'mallory']);
    const body = wordsOf(drawCommand(world, random, said.number), random);
    const what = `${login}: makes it ${JSON.stringify(body)}, below #${said.number}`;
    // GitHub tells to the second when something was written and edited.
    time.advance(2 * SECOND);
    return act(world, what, () => {
      const comment = repository.comments(said.number).find(({ id }) => id === said.id);
      if (comment) {
        hub.as(login).editComment(repository, said.number, comment, body);
        said.editedAt ??= world.next();
      }
      return Promise.resolve();
    });
  },
};

type Taken = Omit<SaidWords, 'seq' | 'at' | 'head'>;

/** Takes down what somebody said just now. */
export function takeDown(world: World, said: Taken): void {
  const { repository, record, hub } = world;
  const pull = repository.pulls().find(({ number }) => number === said.number);
  const now = hub.world.now();
  record.said.push({
    ...said,
    seq: world.next(),
    at: now - (now % SECOND),
    ...(pull && { head: pull.head }),
  });
}

function isOpen(world: World, number: number): boolean {
  return openRollbacks(world).some((pull) => pull.number === number);
}

const TOPIC = 'About tonight';

async function drawPlace(world: World, random: Random): Promise<number> {
  const open = openRollbacks(world);
  const all = rollbacks(world);
  if (open.length > 0 && random.chance(0.7)) return random.pick(open).number;
  if (all.length > 0 && random.chance(0.2)) return random.pick(all).number;
  const { repository, hub } = world;
  const issue = repository.issues().find(({ title }) => title === TOPIC);
  if (issue) return issue.number;
  return (await hub.as('bob').openIssue(repository, { title: TOPIC })).number;
}

function drawCommand(world: World, random: Random, number: number): SaidCommand {
  const pull = rollbacks(world).find((one) => one.number === number);
  const name = random.weighted([
    [9, 'hold'],
    [4, 'unhold'],
    [2, 'freeze'],
    [3, 'unfreeze'],
    [pull ? 12 : 1, 'approve'],
    [pull ? 2 : 1, 'reject'],
    [5, 'rollback'],
    [4, 'quarantine'],
    [4, 'reland'],
    [2, 'retry'],
    [2, 'status'],
  ] as const);
  const any = random.pick(world.beginning.models).name;
  const own = pull && random.chance(0.8) ? incidentIn(pull.headRef).model : any;
  const unsaid = pull !== undefined && own === incidentIn(pull.headRef).model && random.chance(0.5);
  const pair = drawVersion(world, random, own);
  const glass = random.chance(0.4);
  switch (name) {
    case 'freeze':
    case 'unfreeze':
    case 'approve':
    case 'reject':
      return { name };
    case 'hold':
    case 'unhold':
    case 'retry':
    case 'status':
      return unsaid ? { name } : { name, model: own };
    case 'rollback':
      return {
        name,
        model: own,
        ...(glass && { now: true }),
        ...(random.chance(0.3) && { version: pair }),
      };
    case 'quarantine':
    case 'reland':
      return { name, model: own, version: pair };
  }
}

/** One of the versions that a model ran lately. */
function drawVersion(world: World, random: Random, model: string): string {
  const head = world.repository.head() ?? '';
  const versions = [...firstParents(world, head)]
    .map((oid) => pairAt(world, oid, model))
    .filter(isWhole)
    .map((pair) => pair.model);
  return random.pick([...new Set(versions)].slice(0, 4).concat('9.99'));
}

function wordsOf(command: SaidCommand, random: Random): string {
  const { name, model, version, now } = command;
  const target =
    model === undefined ? '' : ` ${random.chance(0.5) ? model : `${ENVIRONMENT}/${model}`}`;
  const length = random.pick(['', ' for 10m', ' for 2h']);
  switch (name) {
    case 'hold':
    case 'freeze':
      return `/${name}${target}${length} we look into it`;
    case 'rollback': {
      const to = version === undefined ? '' : ` --to ${version}`;
      return `/rollback${target}${to}${now ? ' --now' : ''} --reason "it scores oddly"`;
    }
    case 'quarantine':
    case 'reland':
      return `/${name}${target} ${version ?? ''} so it was agreed`;
    case 'reject':
      return '/reject it is not the model';
    case 'unhold':
    case 'unfreeze':
    case 'approve':
    case 'retry':
    case 'status':
      return `/${name}${target}`;
  }
}
