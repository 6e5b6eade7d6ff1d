import { Gauge, type Registry } from 'prom-client';
import { SECOND, type Clock } from '../time.ts';
import { addGauge } from './add-gauge.ts';

/** Adds what there is to tell of rehearsals, by what the store keeps. Replicas on one database all tell the same. */
export function addDrills(
  registry: Registry,
  clock: Clock,
  drills: () => Promise<readonly unknown[]>,
): void {
  const read = async (): Promise<readonly Kept[] | undefined> =>
    (await drills().catch(() => undefined))?.map(asKept);
  const last: Gauge<'outcome'> = new Gauge({
    name: 'lastgood_drill_targets',
    help: 'Targets that were drilled, by what their last drill came to.',
    labelNames: ['outcome'],
    registers: [registry],
    async collect() {
      const found = await read();
      last.reset();
      if (!found) return;
      for (const outcome of OUTCOMES) last.set({ outcome }, 0);
      for (const { outcome } of found) if (outcome !== undefined) last.inc({ outcome });
    },
  });
  addGauge(registry, 'lastgood_drill_overdue', 'Targets whose drill is overdue.', async () => {
    const found = await read();
    return found?.filter(({ overdueAt }) => overdueAt !== undefined && clock() >= overdueAt).length;
  });
  addGauge(
    registry,
    'lastgood_drill_last_success_timestamp_seconds',
    'When the target whose last passed drill is the oldest had it, since 1970; 0 while one of those that a drill is due for never had any.',
    async () => {
      const asked = (await read())?.filter(({ overdueAt }) => overdueAt !== undefined);
      if (!asked || asked.length === 0) return undefined;
      return Math.min(...asked.map(({ passedAt }) => passedAt ?? 0)) / SECOND;
    },
  );
}

interface Kept {
  readonly outcome?: string;
  readonly overdueAt?: number;
  readonly passedAt?: number;
}

/** What another version of the program stored is ours all the same, as far as it can be read. */
function asKept(from: unknown): Kept {
  if (typeof from !== 'object' || from === null) return {};
  const past: readonly unknown[] = 'past' in from && Array.isArray(from.past) ? from.past : [];
  const known = past.flatMap(asDrill);
  const outcome = known.at(-1)?.outcome;
  const passedAt = known.findLast((one) => one.outcome === 'passed')?.endedAt;
  const overdueAt = 'overdueAt' in from ? from.overdueAt : undefined;
  return {
    ...(outcome !== undefined && { outcome }),
    ...(passedAt !== undefined && { passedAt }),
    ...(typeof overdueAt === 'number' && { overdueAt }),
  };
}

const OUTCOMES: ReadonlySet<string> = new Set(['passed', 'failed', 'given-up']);

function asDrill(from: unknown): readonly { readonly outcome: string; readonly endedAt: number }[] {
  if (typeof from !== 'object' || from === null || !('outcome' in from && 'endedAt' in from)) {
    return [];
  }
  const { outcome, endedAt } = from;
  const isKnown = typeof outcome === 'string' && OUTCOMES.has(outcome);
  return isKnown && typeof endedAt === 'number' ? [{ outcome, endedAt }] : [];
}
