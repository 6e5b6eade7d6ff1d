/**
 * The auditor's own reading of a record's trailers: by other code than that which writes and acts upon them, so that a
 * mistake there is no mistake here.
 */
export interface SeenRecord {
  readonly target: string;
  readonly mode: string;
  readonly bad: string;
  readonly goal: string | undefined;
  /** Which rung of the ladder it is, from 1, and what of the goal goes back; 1 and `release` where it does not say. */
  readonly rung: { readonly number: number; readonly takes: string };
  /** Where its ladder began, for a rung that is named. */
  readonly first: string | undefined;
  readonly base: string;
  readonly from: ReadonlyMap<string, string>;
  readonly to: ReadonlyMap<string, string>;
  readonly severity: string;
  readonly source: string;
  readonly approvers: readonly { readonly login: string; readonly id: number }[];
  readonly requestedBy: string | undefined;
  /** In seconds; undefined where somebody decided, or nobody had to. */
  readonly unansweredFor: number | undefined;
  readonly policyFile: string;
  readonly policyCommit: string;
  readonly decided: number;
}

const KEYS = ['Target', 'Mode', 'Bad', 'Base', 'Severity', 'Alert-Source', 'Policy', 'Decided'];

/** The record of a message; a sentence where it has none, or a part of one. */
export function readRecord(message: string): SeenRecord | string {
  const fields = new Map<string, string[]>();
  for (const [, key = '', value = ''] of lastBlock(message).matchAll(
    /^Lastgood-([A-Za-z-]+):[ \t]*(.*)$/gm,
  )) {
    const known = fields.get(key);
    if (known) known.push(value.trim());
    else fields.set(key, [value.trim()]);
  }
  const wrong = KEYS.find((key) => fields.get(key)?.length !== 1);
  if (wrong !== undefined) return `Lastgood-${wrong} has to stand there once`;
  const one = (key: string): string => decode(fields.get(key)?.[0] ?? '');
  const policy = /^(.+)@([0-9a-f]{40})$/.exec(one('Policy'));
  if (!policy) return 'Lastgood-Policy names no file and commit';
  const decided = Date.parse(one('Decided'));
  if (Number.isNaN(decided)) return 'Lastgood-Decided is no moment';
  return {
    target: one('Target'),
    mode: one('Mode'),
    bad: one('Bad'),
    goal: fields.get('Goal')?.[0],
    rung: rungIn(fields.get('Rung')?.[0]),
    first: fields.get('First-Bad')?.[0],
    base: one('Base'),
    from: pins(fields.get('From')),
    to: pins(fields.get('To')),
    severity: one('Severity'),
    source: one('Alert-Source'),
    approvers: (fields.get('Approved-By') ?? []).map((text) => {
      const [login = '', id = ''] = text.split(' ');
      return { login: decode(login), id: Number(id) };
    }),
    requestedBy: fields.get('Requested-By')?.[0]?.split(' ')[0],
    unansweredFor: seconds(fields.get('Unanswered-For')?.[0]),
    policyFile: policy[1] ?? '',
    policyCommit: policy[2] ?? '',
    decided,
  };
}

function seconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(/^(\d+)s$/.exec(text)?.[1] ?? Number.NaN);
}

/** The last paragraph that has a target: what GitHub adds below is none of the record. */
function lastBlock(message: string): string {
  const blocks = message.replaceAll('\r', '').split(/\n\s*\n/);
  return blocks.findLast((block) => /^Lastgood-Target:/m.test(block)) ?? '';
}

function rungIn(text = '1 release'): SeenRecord['rung'] {
  const [number = '', takes = ''] = text.split(' ');
  return { number: Number(number), takes };
}

function pins(lines: readonly string[] = []): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line) => {
      const at = line.indexOf('=');
      return [decode(line.slice(0, at)), decode(line.slice(at + 1))];
    }),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
