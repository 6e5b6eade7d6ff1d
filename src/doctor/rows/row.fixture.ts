import type { CheckId, CheckLevel } from '../check.ts';
import type { Facts } from '../facts.ts';

/** What is changed about a world where all is well, the check that tells, and what its line says. */
export type Row = readonly [
  name: string,
  facts: Facts,
  check: `${CheckLevel} ${CheckId}`,
  line: RegExp,
];
