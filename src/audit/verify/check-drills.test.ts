import { expect, test } from 'vitest';
import type { PolicySet } from '../../policy/policy.ts';
import { HOUR } from '../../time.ts';
import { checkDrills, type DrillGround } from './check-drills.ts';
import { readDrillMark, type SeenDrill } from './read-drills.ts';

const APP = '1+lastgood[bot]@users.noreply.github.com';
const GITHUB = 'noreply@github.com';
const oid = (name: string): string => name.padEnd(40, '0');

const message = (part: string, target = 'staging/fraud', started = '2026-11-20T02:17:00.000Z') =>
  `Drill\n\nWhy.\n\nLastgood-Drill: ${target}\nLastgood-Drill-Started: ${started}\nLastgood-Drill-Part: ${part}\nLastgood-Drill-Bad: ${oid('b')}`;

function drill(name: string, text: string, change: Partial<SeenDrill> = {}): SeenDrill {
  const mark = readDrillMark(text) ?? 'none';
  const base = { commit: oid(name), parent: oid('p'), at: 0, author: APP, committer: GITHUB };
  return { ...base, mark, ...change };
}

const set = {
  targets: [
    {
      target: { environment: 'staging', model: 'fraud' },
      drills: { every: 'monthly', environment: 'staging' },
    },
    {
      target: { environment: 'production', model: 'fraud' },
      drills: { every: 'monthly', environment: 'staging' },
    },
  ],
} as unknown as PolicySet;

const there = { path: 'model.yaml', before: oid('2'), blob: oid('1') };
const back = { path: 'model.yaml', before: oid('1'), blob: oid('2') };

const ground: DrillGround = {
  app: APP,
  github: GITHUB,
  now: 2 * HOUR,
  policiesAt: () => Promise.resolve(set),
  changes: new Map([
    [oid('there'), [there]],
    [oid('back'), [back]],
    [oid('wider'), [back, { path: 'other.yaml', before: oid('3'), blob: oid('4') }]],
  ]),
  blobNow: () => Promise.resolve(oid('1')),
};

const THERE = drill('there', message('there'));
const BACK = drill('back', message('back'));

test.each<[string, readonly SeenDrill[], Partial<DrillGround>, readonly string[]]>([
  ['one that was put back', [THERE, BACK], {}, []],
  ['one on its way', [THERE], { now: HOUR / 2 }, []],
  ['one that was never put back', [THERE], {}, ['drill-not-restored']],
  ['one that somebody shipped over', [THERE], { blobNow: () => Promise.resolve(oid('9')) }, []],
  [
    'one where the policy lets none merge',
    [
      drill('there', message('there', 'production/fraud')),
      drill('back', message('back', 'production/fraud')),
    ],
    {},
    ['drill-not-allowed'],
  ],
  [
    'one without a policy',
    [drill('there', message('there', 'staging/x')), drill('back', message('back', 'staging/x'))],
    {},
    ['cannot-verify'],
  ],
  [
    'one that imitates the App',
    [drill('there', message('there'), { author: 'mallory@acme.example' }), BACK],
    {},
    ['not-the-app'],
  ],
  [
    'one that somebody committed in the name of the App',
    [drill('there', message('there'), { committer: 'mallory@acme.example' }), BACK],
    {},
    ['not-the-app'],
  ],
  ['more than it changed', [THERE, drill('wider', message('back'))], {}, ['drill-not-restored']],
  ['the way back alone', [BACK], {}, ['drill-not-allowed']],
  [
    'the way back of another one',
    [THERE, drill('back', message('back', 'staging/fraud', '2026-11-21T02:17:00.000Z'))],
    {},
    ['drill-not-allowed', 'drill-not-restored'],
  ],
  [
    'a mark that is none',
    [drill('there', message('there').replace(/Lastgood-Drill-Part.*\n/, ''))],
    {},
    ['drill-not-allowed'],
  ],
  ['one twice', [THERE, THERE, BACK], {}, ['drill-not-allowed']],
])('%s', async (_, drills, change, expected) => {
  const found = await checkDrills(drills, { ...ground, ...change });
  expect(found.map(({ kind }) => kind)).toEqual(expected);
});

test.each([
  ['Fix a typo', undefined],
  [message('there'), { target: 'staging/fraud', part: 'there' }],
  [`${message('back')}\n\nCo-authored-by: A <a@b>`, { target: 'staging/fraud', part: 'back' }],
  [message('sideways'), 'Lastgood-Drill-Part is neither there nor back'],
  [`${message('there')}\nLastgood-Drill-Part: back`, 'Lastgood-Drill-Part has to stand there once'],
])('the mark of a message', (text, expected) => {
  const mark = readDrillMark(text);
  const { target, part } = typeof mark === 'object' ? mark : {};
  expect(typeof mark === 'object' ? { target, part } : mark).toEqual(expected);
});
