import type { Card, CardState } from '../notify/card.ts';
import { formatInstant } from '../time.ts';
import { flatten, plainWords } from './escape.ts';
import { versionName } from './names.ts';

const STATES: Readonly<Record<CardState, string>> = {
  people: 'People are needed',
  working: 'Rolling back',
  open: 'Rollback is open',
  merged: 'Rolled back',
  recovered: 'Recovered',
  superseded: 'Another release runs',
  closed: 'Closed without a rollback',
  resolved: 'The alert resolved',
};

/** The incident in one line of plain text: `Rollback is open: production/fraud-detector (critical)`. */
export function cardTitle({ state, target, alert }: Card): string {
  const severity = alert ? ` (${alert.severity})` : '';
  return `${STATES[state]}: ${flatten(target)}${severity}`;
}

/** What fired, in plain text; undefined when it is not known any more. */
export function cardAlert({ alert }: Card): string | undefined {
  if (!alert) return undefined;
  const { summary, value, threshold } = alert;
  const said = summary === undefined ? '' : `: ${flatten(summary, 300)}`;
  const limit = threshold === undefined ? '' : ` (threshold ${flatten(threshold, 80)})`;
  const found = value === undefined ? '' : ` Value ${flatten(value, 80)}${limit}.`;
  return `${flatten(alert.name)}${said.replace(/\.$/, '')}.${found}`;
}

/** From which version to which, in plain text; undefined before there is a plan. */
export function cardVersions({ from, to }: Card): string | undefined {
  if (!from || !to) return undefined;
  const say = (version: string): string => flatten(version, 80);
  return `${versionName(from, say)} → ${versionName(to, say)}`;
}

/** A sentence of the journal where there is no Markdown: what stands in code there stands as it is. */
export function plainly(sentence: string, longest = 1_000): string {
  return plainWords(sentence, longest);
}

/** What happened, a line each, in plain text. */
export function cardSteps({ steps }: Card): readonly string[] {
  return steps.map(({ at, sentence }) => `${formatInstant(at)}  ${plainly(sentence, 400)}`);
}
