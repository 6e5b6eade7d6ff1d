import { describe, expect, test } from 'vitest';
import { incidentOf } from '../rollback/branch.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import { isEnvironment } from '../target.ts';
import { drillBranch, drillOf, type DrillId } from './drill-branch.ts';
import { readDrillTrailers, writeDrillTrailers, type DrillMark } from './drill-trailers.ts';

const target = { environment: 'production/eu-west', model: 'fraud' };
const id: DrillId = { target, startedAt: 1795745873123, part: 'there' };
const oid = 'a'.repeat(40);
const mark: DrillMark = { ...id, bad: oid };

describe('the branch of a drill', () => {
  test.each([id, { ...id, part: 'back' as const }])('leads back to the drill', (one) => {
    expect(drillOf(drillBranch(one))).toEqual(one);
    expect(incidentOf(drillBranch(one))).toBeUndefined();
  });

  test.each([
    'lastgood/production/fraud/1795745873123',
    'lastgood/drill/1795745873123',
    'lastgood/drill/production/fraud/1795745873',
    `lastgood/drill/production/fraud/${oid}`,
    'fork:lastgood/drill/production/fraud/1795745873123',
  ])('%s is none', (branch) => expect(drillOf(branch)).toBeUndefined());

  test('no environment has its name', () => expect(isEnvironment('drill/eu')).toBe(false));
});

describe('the mark of a drill', () => {
  const trailers = writeDrillTrailers(mark);

  test.each([
    ['as it was written', `Drill\n\nWhy.\n\n${trailers}`],
    ['squashed', `Drill (#5)\n\nWhy.\n\n${trailers}\n\n---------\n\nCo-authored-by: A <a@b>`],
    ['with other line ends', `Drill\n\n${trailers}`.replaceAll('\n', '\r\n')],
  ])('is read %s', (_, message) => {
    expect(readDrillTrailers(message)).toEqual(mark);
    expect(readTrailers(message).ok).toBe(false);
  });

  test.each([
    ['nothing', 'Drill'],
    ['a part', trailers.replace(/^.*Part.*\n/m, '')],
    ['a line twice', `${trailers}\nLastgood-Drill-Part: back`],
    ['another part', trailers.replace('there', 'nowhere')],
    ['no moment', trailers.replace('Z', '')],
    ['text after it', `${trailers}\n\nAnd more words.`],
    ['no target', trailers.replace(/Drill: .*/, 'Drill: x')],
    ['a broken value', trailers.replace(/Drill: .*/, 'Drill: production/%G0')],
  ])('is not read of %s', (_, message) => {
    expect(readDrillTrailers(`Drill\n\n${message}`)).toBeUndefined();
  });
});
