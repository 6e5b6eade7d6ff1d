import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collapseRows, COLLAPSE, COLLAPSE_POLICY, writeCollapse } from './collapse.fixture.ts';
import { openStage, type Repository, type Stage } from './stage.fixture.ts';

let stage: Stage;
let repository: Repository;
let data = '';

beforeAll(async () => {
  stage = await openStage();
  repository = stage.repository(COLLAPSE);
  data = join(stage.root, 'data');
  await writeCollapse(data);
});
afterAll(() => stage.close());

const run = (...args: readonly string[]) =>
  stage.run(['backtest', 'ranker', '--repo', repository.folder, ...args]);
const metrics = () => ['--metrics', join(data, 'metrics')];
const incidents = () => ['--incidents', join(data, 'incidents.csv')];

describe('lastgood backtest', () => {
  test('finds the collapse, and says what it would have done', async () => {
    const { exit, out, error } = await run(...metrics(), ...incidents());
    expect(error).toBe('');
    expect(out).toMatchInlineSnapshot(`
      "production/ranker from 2026-11-05 09:00:00 UTC to 2026-11-13 23:59:00 UTC (8d 14h): 24,838 samples, 24,838 looks and 0 recorded alerts replayed.

      Figures
                           .lastgood/ranker.yaml
      incidents found      1 of 2 (50 %, interval 9.45 % to 90.5 %)
      time to detect       median 3m 54s, p90 3m 54s
      rollbacks            2, of which 2 merged alone
      false rollbacks      1 in 8.42 days
      false per 30 days    3.56 (interval 0.0902 to 19.9)
      people told instead  0 times

      Rollbacks
      At                       Target             From               To                 How     Because of  Evidence                                                                          Incident      After
      2026-11-09 10:03:54 UTC  production/ranker  v3 (234e9cff0f75)  v2 (971ecdd8fa02)  merges  diversity   diversity is at 0.1765, beyond the bound of 0.5 (5 samples of 5m). 3 bad looks…   the collapse  3m 54s
      2026-11-12 03:05:54 UTC  production/ranker  v4 (f3a9ed3833d5)  v2 (971ecdd8fa02)  merges  diversity   diversity is at 0.41, beyond the bound of 0.5 (5 samples of 5m). 3 bad looks in…  none: false   -

      Incidents
      Began                    Until                    Target             Incident             Answered after
      2026-11-09 10:00:00 UTC  2026-11-09 14:00:00 UTC  production/ranker  the collapse         3m 54s
      2026-11-07 10:00:00 UTC  2026-11-07 11:00:00 UTC  production/ranker  nobody could see it  never

      Held back
      Target             By                                   Instead  Times  Alerts  Releases  First
      production/ranker  an earlier rollback of this release  record   3      1       1         2026-11-09 11:03:54 UTC

      Not replayed
      Everything was."
    `);
    expect(exit).toBe(0);
  });
});
