import type { Statistic } from '../monitors/statistics/descriptive.ts';
import { MINUTE } from '../time.ts';
import type { MonitorEntry } from './schema/monitors.ts';
import type { TreePath } from './tree.ts';

/** Collects mistakes, so that a reader sees all of them at once. Answers undefined, for whoever has nothing then. */
export type Tell = (
  path: TreePath,
  message: string,
  expected: string,
  suggestion?: string,
) => undefined;

/** Tells that a judge lacks one of its keys. */
export type Missing = (key: string, expected: string) => undefined;

/** What stands at one key of a monitor. */
export type Given<Key extends keyof MonitorEntry> = NonNullable<MonitorEntry[Key]>;

/** What holds where a monitor does not say it, for judges that have nothing of their own. */
export const DEFAULT_WINDOW = 5 * MINUTE;
export const MEAN: Statistic = { kind: 'mean' };
export const FEW = 3;
