import { encodeValue } from '../journal/trailer-value.ts';
import type { Change } from '../state/change.ts';
import { targetKey } from '../target.ts';
import { formatInstant, type Instant } from '../time.ts';
import { inCommit } from './escape.ts';
import { shortCommit, versionName } from './names.ts';

/** The message of the commit that changes the state: what, by whom and why, for people and in trailers. */
export function stateMessage(change: Change): { readonly headline: string; readonly body: string } {
  return {
    headline: headline(change),
    body: `${sentence(change)}\n\n${trailers(change)}`,
  };
}

function headline(change: Change): string {
  const name = 'target' in change ? targetKey(change.target) : '';
  const what = 'pins' in change ? versionName(change.pins, (text) => inCommit(text, 60)) : '';
  switch (change.kind) {
    case 'hold':
      return `Hold ${name}`;
    case 'unhold':
      return `Lift the hold of ${name}`;
    case 'freeze':
      return 'Freeze Lastgood';
    case 'unfreeze':
      return 'Lift the freeze of Lastgood';
    case 'baseline':
      return `Designate ${what} of ${name} as good`;
    case 'quarantine':
      return `Quarantine ${what} of ${name}`;
    case 'reland':
      return `Let ${what} of ${name} come back once`;
    case 'used':
      return `Note that ${what} of ${name} came back`;
    case 'expire':
      return 'Take out what ended by itself';
  }
}

function sentence(change: Change): string {
  if (change.kind === 'expire') return `Its time was up at ${formatInstant(change.at)}.`;
  if (change.kind === 'used') {
    return `It came with ${shortCommit(change.commit)}. It needs another reland to come back again.`;
  }
  const who = change.by ? `${inCommit(`@${change.by.login}`)} asked for it` : 'Lastgood did it';
  const until =
    'until' in change && change.until !== undefined ? ` until ${formatInstant(change.until)}` : '';
  const why = change.reason === undefined ? '' : `: ${inCommit(change.reason, 500)}`;
  const said = `${who} at ${formatInstant(change.at)}${until && `, ${until.trim()}`}${why}`;
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}

function trailers(change: Change): string {
  const lines: (readonly [key: string, value: string])[] = [['State', change.kind]];
  if ('target' in change) lines.push(['Target', encodeValue(targetKey(change.target))]);
  if ('pins' in change) {
    for (const [pin, version] of Object.entries(change.pins)) {
      lines.push(['Pin', `${encodeValue(pin)}=${encodeValue(version)}`]);
    }
  }
  if ('commit' in change) lines.push(['Commit', change.commit]);
  if ('incident' in change && change.incident !== undefined) lines.push(['Bad', change.incident]);
  if ('by' in change && change.by) {
    lines.push(['By', `${encodeValue(change.by.login)} ${change.by.id}`]);
  }
  if ('said' in change && change.said !== undefined) lines.push(['Said', encodeValue(change.said)]);
  lines.push(['At', iso(change.at)]);
  if ('until' in change && change.until !== undefined) lines.push(['Until', iso(change.until)]);
  if ('reason' in change && change.reason !== undefined) {
    lines.push(['Reason', encodeValue(change.reason)]);
  }
  return lines.map(([key, value]) => `Lastgood-${key}: ${value}`).join('\n');
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
