import { Gauge, Histogram, type Registry } from 'prom-client';
import type { GitHubCall, RateLimit } from '../github/observe-calls.ts';
import type { Clock } from '../time.ts';

/** Adds the calls to GitHub's API, and what is left of its rate limits. */
export function addGitHub(registry: Registry, clock: Clock): (call: GitHubCall) => void {
  const registers = [registry];
  const calls = new Histogram({
    name: 'lastgood_github_call_seconds',
    help: 'Calls to the API of GitHub, by kind and outcome.',
    labelNames: ['kind', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  // Each installation has limits of its own, told apart by when they begin anew; the tightest one is shown.
  let limits: readonly RateLimit[] = [];
  const current = (): readonly RateLimit[] =>
    (limits = limits.filter(({ resetAt }) => resetAt > clock()));
  const remaining: Gauge<'resource'> = new Gauge({
    name: 'lastgood_github_rate_limit_remaining',
    help: 'Calls left in the window of the rate limit, by resource; of several installations, the least.',
    labelNames: ['resource'],
    registers,
    collect() {
      remaining.reset();
      const least = new Map<string, number>();
      for (const one of current()) {
        least.set(one.resource, Math.min(one.remaining, least.get(one.resource) ?? Infinity));
      }
      for (const [resource, value] of least) remaining.set({ resource }, value);
    },
  });
  return ({ kind, outcome, seconds, limit }) => {
    calls.observe({ kind, outcome }, seconds);
    if (!limit) return;
    const others = current().filter(
      (one) => one.resource !== limit.resource || one.resetAt !== limit.resetAt,
    );
    limits = [...others, limit];
  };
}
