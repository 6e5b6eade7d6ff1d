import MarkdownIt from 'markdown-it';
import { expect, test } from 'vitest';
import type { JournalLine } from '../../journal/chain.ts';
import { incidentFiles } from '../../journal/incident-files.ts';
import { MINUTE } from '../../time.ts';
import { incidentReport } from './incident-report.ts';

const START = Date.parse('2026-11-20T02:00:00Z');
const BAD = 'b'.repeat(40);
const GOOD = 'a'.repeat(40);
const MERGE = 'c'.repeat(40);
const INCIDENT = `lastgood/production/fraud-detector/${BAD}`;
const PAGE = '.lastgood/journal/incidents/production/fraud-detector/b.md';

const at = (minutes: number): string => new Date(START + minutes * MINUTE).toISOString();

type Told = readonly [minutes: number, kind: string, facts: object, sentence?: string];

function lines(told: readonly Told[]): readonly JournalLine[] {
  return told.map(([minutes, kind, facts, sentence = `It was ${kind}.`], i) => ({
    seq: i + 1,
    previous: '0'.repeat(64),
    id: `${i}`,
    at: at(minutes),
    kind,
    incident: INCIDENT,
    sentence,
    facts: facts as JournalLine['facts'],
  }));
}

const ALERT = {
  name: 'ErrorsHigh',
  source: 'alertmanager',
  severity: 'critical',
  startsAt: at(2),
  value: '0.22',
  threshold: '> 0.05',
};
const RECORD = {
  target: 'production/fraud-detector',
  mode: 'reviewed',
  bad: BAD,
  goal: GOOD,
  from: { model: '1.11', features: 'f-11' },
  to: { model: '1.10', features: 'f-11' },
  alert: { name: 'ErrorsHigh', source: 'alertmanager', severity: 'critical' },
  firstSeen: at(3),
  decided: at(3),
  approvedBy: [{ login: 'ann', id: 4711 }],
  policy: { file: '.lastgood/fraud-detector.yaml', commit: GOOD },
};
const PARTS = {
  symptom: at(2),
  parts: [
    {
      part: 'model artifact',
      pinned: true,
      changes: [{ pin: 'model', from: '1.10', to: '1.11', at: at(0), commit: BAD }],
      tooLate: false,
    },
    { part: 'serving infrastructure', pinned: false, changes: [] },
    { part: 'feature pipeline', pinned: true, changes: [] },
    { part: 'training data', pinned: false, changes: [] },
  ],
  suspects: ['model artifact'],
};
const SAMPLES = [
  {
    name: 'error rate',
    values: 'share',
    points: Array.from({ length: 60 }, (_, i) => [
      START / 1_000 + i * 60,
      i > 1 && i < 25 ? 0.2 + (i % 3) / 100 : 0.01,
    ]),
    bound: { value: 0.05, label: 'threshold' },
  },
];

const ROLLBACK: readonly Told[] = [
  [3, 'decided', { act: 'review', alert: ALERT }, 'Opening a rollback for review.'],
  [
    3,
    'planned',
    {
      bad: { commit: BAD, at: at(0), author: 'Bob' },
      goal: { commit: GOOD, at: at(-3_000), author: 'Ann' },
      from: RECORD.from,
      to: RECORD.to,
      parts: PARTS,
    },
  ],
  [3.1, 'proposed', { pull: 12, record: RECORD }],
  [20, 'merged', { pull: 12, commit: MERGE, by: 'approval', record: RECORD }],
  [24, 'followed', { pull: 12, commit: MERGE, happened: 'rolled-out', since: at(23) }],
];
const RECOVERED: Told = [
  35,
  'followed',
  { pull: 12, happened: 'recovered', since: at(25), samples: SAMPLES },
];

test('while it goes on: what is known, and no draft', () => {
  const page = incidentFiles(PAGE, lines(ROLLBACK));
  expect(Object.keys(page)).toEqual([PAGE]);
  expect(page[PAGE]).not.toMatch(/Draft|fill in|\[ \]/);
});

test('at its end: the draft of a post-mortem, with its plots beside it', () => {
  const files = incidentFiles(PAGE, lines([...ROLLBACK, RECOVERED]));
  expect(Object.keys(files)).toEqual([
    PAGE,
    PAGE.replace('.md', '.1.svg'),
    PAGE.replace('.md', '.2.svg'),
  ]);
  expect(files[PAGE]).toMatchInlineSnapshot(`
    "# The incident of production/fraud-detector

    **Draft of a post-mortem.** Everything above "For people to fill in" comes from the entries beside this page.

    - Outcome: rolled back, and recovered; it is watched for a relapse.
    - Bad release: \`bbbbbbbbbbbb\`
    - Alert: \`ErrorsHigh\` (critical)
    - Pull request: #12
    - Merge commit: \`cccccccccccc\`
    - Policy: \`.lastgood/fraud-detector.yaml\` at \`aaaaaaaaaaaa\`

    ## Impact

    From 2026-11-20 02:02:00 UTC to 2026-11-20 02:25:00 UTC, 23m: from the beginning of the alert to the recovery.

    ## Versions

    | Pin | From | To |
    | --- | --- | --- |
    | \`model\` | \`1.11\` | \`1.10\` |
    | \`features\` | \`f-11\` | \`f-11\` |

    The bad release came with \`bbbbbbbbbbbb\` by Bob, at 2026-11-20 02:00:00 UTC. The last good release came with \`aaaaaaaaaaaa\` by Ann, at 2026-11-18 00:00:00 UTC.

    ## Which part

    **Only the model artifact changed.** Taking it back is enough.

    - model artifact: \`model\` \`1.10\` → \`1.11\` in bbbbbbbbbbbb, 2m before the first symptom.

    The policy pins no serving infrastructure or training data, so a change there would not be seen here.

    ## Alerts and metrics

    | Alert | Source | Severity | Began | Last seen | Times | Value | Threshold |
    | --- | --- | --- | --- | --- | --- | --- | --- |
    | \`ErrorsHigh\` | \`alertmanager\` | \`critical\` | 2026-11-20 02:02:00 UTC | 2026-11-20 02:03:00 UTC | 1 | \`0.22\` | \`> 0.05\` |

    ![error rate, production/fraud-detector](b.1.svg)

    ![ErrorsHigh, production/fraud-detector](b.2.svg)

    ## Times

    | Phase | Ended | Took |
    | --- | --- | --- |
    | Detection | 2026-11-20 02:03:00 UTC | 1m |
    | Triage | 2026-11-20 02:03:00 UTC | 0s |
    | Opening | 2026-11-20 02:03:06 UTC | 6s |
    | Execution | 2026-11-20 02:20:00 UTC | 16m 54s |
    | Roll-out | 2026-11-20 02:23:00 UTC | 3m |
    | Verification | 2026-11-20 02:25:00 UTC | 2m |

    ## Approvals

    - Approved by \`ann\` (account 4711).

    ## Timeline

    - 2026-11-20 02:03:00 UTC: Opening a rollback for review.
    - 2026-11-20 02:03:00 UTC: It was planned.
    - 2026-11-20 02:03:06 UTC: It was proposed.
    - 2026-11-20 02:20:00 UTC: It was merged.
    - 2026-11-20 02:24:00 UTC: It was followed.
    - 2026-11-20 02:35:00 UTC: It was followed.

    ## For people to fill in

    ### Who noticed, and how

    _What users of \`production/fraud-detector\` saw, how many they were, what it cost._

    ### Root cause

    _Why the bad release behaved so, and why it was released._

    ### What went well

    _What shortened the incident._

    ### What went badly

    _What lengthened it: signals that came late, people who were not reached._

    ### Where we were lucky

    _What would have made it worse._

    ## Corrective actions

    - [ ] Find the root cause, and write it above. (who, until when)
    - [ ] Mend \`1.11\` or leave it behind: it is quarantined until somebody says \`/reland\`. (who, until when)
    - [ ] Add an evaluation of the model that would have failed before its release. (who, until when)
    - [ ] Execution took longest, 16m 54s: decide whether that is short enough. (who, until when)

    Lastgood wrote this page and writes it anew if the incident goes on. Copy it to where your post-mortems stand before you fill it in.
    "
  `);
  const plot = files[PAGE.replace('.md', '.1.svg')] ?? '';
  expect(
    [...plot.matchAll(/class="[^"]*lg-t-\w+".*>(.*)<\/text>/g)].map(([, text]) => text),
  ).toEqual(['threshold 5%', 'bad release', 'alert', 'merged #12', 'rolled out', 'recovered']);
  expect(incidentFiles(PAGE, lines([...ROLLBACK, RECOVERED]))).toEqual(files);
});

test.each<[string, readonly Told[], RegExp]>([
  ['a relapse', [RECOVERED, [50, 'followed', { happened: 'relapsed' }]], /Outcome: it came back/],
  [
    'recovered after a relapse',
    [
      RECOVERED,
      [50, 'followed', { happened: 'relapsed' }],
      [80, 'followed', { happened: 'recovered' }],
    ],
    /recovered; it is watched for a relapse, after it had come back\.[^]*Find out why it came back/,
  ],
  [
    'given up',
    [[90, 'followed', { happened: 'given-up' }]],
    /nothing shows that it helped\.[^]*did not help: find what else/,
  ],
  [
    'closed by a person',
    [[40, 'closed', { pull: 12, by: 'person' }]],
    /a person closed the rollback: no\.[^]*Say why the rollback was not wanted/,
  ],
])('renewed: %s', (_, more, expected) => {
  expect(incidentReport(lines([...ROLLBACK, ...more]))).toMatch(expected);
});

const EVIL = '](https://evil.example) <script>alert(1)</script> | @acme/all\n# Owned `x` /merge';

test('hostile texts are words, wherever they stand', () => {
  const alert = { ...ALERT, name: EVIL, summary: EVIL, value: EVIL, source: EVIL, severity: EVIL };
  const parts = PARTS.parts.map((one) => ({
    ...one,
    changes: one.changes.map((change) => ({ ...change, from: EVIL, to: EVIL })),
  }));
  const versions = { model: EVIL, features: EVIL };
  const record = {
    ...RECORD,
    from: versions,
    to: versions,
    requestedBy: { login: EVIL, id: 2 },
    reason: EVIL,
    approvedBy: [{ login: EVIL, id: 1 }],
    policy: { file: EVIL, commit: GOOD },
  };
  const release = { commit: BAD, at: at(0), author: EVIL };
  const planned = { bad: release, goal: release, from: versions, to: versions };
  const samples = [{ ...SAMPLES[0], name: EVIL, bound: { value: 1, label: EVIL } }];
  const hostile: readonly Told[] = [
    [3, 'decided', { act: 'merge', alert }, EVIL],
    [3, 'planned', { ...planned, parts: { ...PARTS, parts } }, EVIL],
    [4, 'commanded', { by: { login: EVIL, id: 1 }, outcome: 'done' }, EVIL],
    [20, 'merged', { pull: 12, commit: MERGE, by: EVIL, record }, EVIL],
    [30, 'followed', { happened: 'recovered', samples }, EVIL],
  ];
  const files = incidentFiles(PAGE, lines(hostile));
  const page = files[PAGE] ?? '';
  const html = new MarkdownIt({ html: true, linkify: true }).render(page);
  const tags = new Set([...html.matchAll(/<(\w+)[^>]*>/g)].map(([, tag]) => String(tag)));
  expect([...tags].toSorted((a, b) => a.localeCompare(b))).toEqual(
    'code em h1 h2 h3 img li p strong table tbody td th thead tr ul'.split(' '),
  );
  const pictures = [...html.matchAll(/<img src="([^"]*)"/g)].map(([, source]) => source);
  expect(pictures).toEqual(['b.1.svg']);
  expect(html).toContain('Only the model artifact changed');
  expect(html).not.toMatch(/<h1>Owned/);
  expect(html.replaceAll(/<code>.*?<\/code>/gs, '')).not.toMatch(/@acme/);
  expect(files[PAGE.replace('.md', '.1.svg')]).not.toMatch(/<script|<image|href/);
});

test('facts of another form than ours are left out', () => {
  const versions = { [EVIL]: '1' };
  const more: readonly Told[] = [
    [3, 'planned', { from: versions, to: versions, parts: { ...PARTS, suspects: [EVIL] } }],
    [9, 'merged', { pull: 1, commit: EVIL, record: { ...RECORD, bad: EVIL } }],
    [10, 'followed', { happened: 'recovered' }],
  ];
  const page = incidentReport(lines(more));
  expect(page).not.toMatch(/## Versions|## Which part|Merge commit|script/);
});
