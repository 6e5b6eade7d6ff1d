import { Gauge, type Registry } from 'prom-client';

/** Adds how many rollbacks are open, by what they wait for. Replicas on one database all tell the same. */
export function addRollbacks(
  registry: Registry,
  rollbacks: () => Promise<readonly unknown[]>,
): void {
  const open: Gauge<'waiting_for'> = new Gauge({
    name: 'lastgood_rollbacks_open',
    help: 'Open rollback pull requests, by what they wait for; nothing: Lastgood is at work on it.',
    labelNames: ['waiting_for'],
    registers: [registry],
    async collect() {
      const found = await rollbacks().catch(() => undefined);
      open.reset();
      for (const one of found ?? []) open.inc({ waiting_for: waitOf(one) });
    },
  });
}

/** What another version of the program stored may be another word; it is ours all the same. */
function waitOf(rollback: unknown): string {
  const said =
    typeof rollback === 'object' && rollback !== null && 'waitsFor' in rollback
      ? rollback.waitsFor
      : undefined;
  return typeof said === 'string' ? said : 'nothing';
}
