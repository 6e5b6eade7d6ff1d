import type { RunResult } from './run.ts';

/** What came of many seeds. */
export interface Summary {
  seeds: number;
  steps: number;
  alerts: number;
  crashes: number;
  merges: number;
  faults: number;
  calls: number;
  violations: number;
  readonly failed: number[];
}

export function emptySummary(): Summary {
  return {
    seeds: 0,
    steps: 0,
    alerts: 0,
    crashes: 0,
    merges: 0,
    faults: 0,
    calls: 0,
    violations: 0,
    failed: [],
  };
}

export function addUp(summary: Summary, result: RunResult): void {
  summary.seeds += 1;
  summary.steps += result.steps.length;
  for (const key of ['alerts', 'crashes', 'merges', 'faults', 'calls'] as const) {
    summary[key] += result[key];
  }
  summary.violations += result.violations.length;
  if (result.violations.length > 0) summary.failed.push(result.seed);
}

export function summarise(summary: Summary, milliseconds: number): string {
  const rate = summary.seeds / (milliseconds / 1000);
  const { seeds, steps, alerts, crashes, merges, faults, calls, violations } = summary;
  return `${seeds} seeds in ${(milliseconds / 1000).toFixed(1)} s (${rate.toFixed(1)}/s): ${steps} steps, ${alerts} alerts, ${crashes} crashes, ${merges} merges by Lastgood, ${faults} faults, ${calls} requests; ${violations} violations`;
}

export function tellFailure(
  { seed, steps, violations }: RunResult,
  tell: (line: string) => void,
): void {
  tell(`Seed ${seed} fails. Replay: npm run simulate -- --seed ${seed} --verbose`);
  for (const step of steps) tell(`  ${step}`);
  for (const violation of violations) tell(`  ✗ ${violation}`);
}
