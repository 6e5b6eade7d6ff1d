import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WrittenCommit } from '../../fixtures/git/write-history.ts';
import { HOUR, MINUTE, type Instant } from '../time.ts';
import { november, openStage, type Repository, type Stage } from './stage.fixture.ts';

/** A model whose third release collapses for four hours until somebody ships a fourth one, and what was measured. */
export const COLLAPSE_POLICY = `model: ranker
owners: ['@acme/ranking']
respond: { critical: merge, medium: review }
environments:
  production:
    pins:
      model: { file: production/ranker.yaml, path: spec.version }
    server: main
    monitors:
      diversity:
        query: avg(diversity{model="{model}"})
        threshold: { below: 0.5 }
        every: 1m
        urgency: immediate
      errors:
        query: errors:ratio
        threshold: { above: 2% }
        every: 1m
        urgency: investigate
`;

function release(version: string, at: number, more: WrittenCommit['files'] = {}): WrittenCommit {
  return {
    message: `Release ranker ${version}`,
    at,
    author: 'Ada Lovelace <ada@acme.example>',
    files: { 'production/ranker.yaml': `spec: { version: ${version} }\n`, ...more },
  };
}

export const COLLAPSE: readonly WrittenCommit[] = [
  release('v1', november(1), { '.lastgood/ranker.yaml': COLLAPSE_POLICY }),
  release('v2', november(5)),
  release('v3', november(9)),
  release('v4', november(9, 14)),
];

const at = (day: number, hour: number, minute = 0): Instant =>
  november(day, hour) * 1_000 + minute * MINUTE;

/** From 5 to 14 November each minute: diversity collapses with v3 from 10:00 on; for 20 minutes on the 12th it dips. */
export function* collapseRows(): Generator<readonly [Instant, number, number]> {
  for (let now = at(5, 9); now < at(14, 0); now += MINUTE) {
    const wave = Math.sin(now / HOUR) / 100;
    const bad = now >= at(9, 10) && now < at(9, 14);
    const dip = now >= at(12, 3) && now < at(12, 3, 20);
    const diversity = bad ? 0.04 : dip ? 0.41 : 0.73 + wave;
    yield [now, Math.round(diversity * 1e4) / 1e4, 0.003];
  }
}

export const INCIDENTS = `from,to,name
2026-11-09T10:00:00Z,2026-11-09T14:00:00Z,the collapse
2026-11-07T10:00:00Z,2026-11-07T11:00:00Z,nobody could see it
`;

/** Writes the recording as CSV into a folder, and the incidents beside it. */
export async function writeCollapse(
  folder: string,
  rows: Iterable<readonly [Instant, number, number]> = collapseRows(),
): Promise<void> {
  const lines = [...rows].map(
    ([now, diversity, errors]) => `${new Date(now).toISOString()},${diversity},${errors}`,
  );
  const files = {
    'recorded/ranker.csv': `time,diversity,errors:ratio\n${lines.join('\n')}\n`,
    'incidents.csv': INCIDENTS,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A stage with that model's repository, and a folder with what was measured. */
export async function openCollapse(): Promise<{
  readonly stage: Stage;
  readonly repository: Repository;
  readonly data: string;
}> {
  const stage = await openStage();
  const repository = stage.repository(COLLAPSE);
  const data = join(stage.root, 'data');
  await writeCollapse(data);
  return { stage, repository, data };
}
