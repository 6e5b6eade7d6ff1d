import { MINUTE, SECOND } from '../../time.ts';
import type { DeliveryFacts, Facts, HookFacts, InstallationFacts } from '../facts.ts';
import { appWith, asAppWith, factsWith } from '../facts.fixture.ts';
import { known, unknown } from '../reading.ts';
import type { Row } from './row.fixture.ts';

const NO = unknown('GitHub refused (status 403).');

const hook = (change: Partial<HookFacts>): Facts =>
  asAppWith({
    hook: known({
      url: 'https://lastgood.example/api/github/webhooks',
      contentType: 'json',
      hasSecret: true,
      insecureSsl: false,
      ...change,
    }),
  });

const deliveries = (...statuses: readonly (number | readonly [string, number])[]): Facts =>
  asAppWith({
    deliveries: known(
      statuses.map((one, i): DeliveryFacts => {
        const [guid, statusCode] = typeof one === 'number' ? [`g${i}`, one] : one;
        const status = statusCode === 0 ? 'pending' : statusCode < 300 ? 'OK' : 'Bad';
        return { guid, event: 'push', at: 1_000 * (100 - i), status, statusCode };
      }),
    ),
  });

const installation = (change: Partial<InstallationFacts>): Facts => {
  const all = factsWith().asApp?.installations;
  const value = all?.ok === true ? all.value : [];
  return asAppWith({ installations: known(value.map((one) => ({ ...one, ...change }))) });
};

const installed = (found: Partial<{ archived: string[]; total: number }>): Facts =>
  factsWith({
    installed: [
      { account: 'acme', found: known({ repositories: [], archived: [], total: 0, ...found }) },
    ],
  });

/** What is found about the App and its installations. */
export const APP_ROWS: readonly Row[] = [
  [
    'GitHub is gone',
    factsWith({ app: { kind: 'unreachable', why: 'ECONNREFUSED' } }),
    'problem github',
    /ECONNREFUSED.*GITHUB_API_URL/,
  ],
  [
    'a wrong key',
    factsWith({ app: { kind: 'refused', status: 401, message: 'JWT', ahead: 0 } }),
    'problem credentials',
    /status 401.*private key/,
  ],
  [
    'a wrong id',
    factsWith({
      app: { kind: 'refused', status: 404, message: 'Integration not found', ahead: 0 },
    }),
    'problem credentials',
    /APP_ID/,
  ],
  ['a clock slightly ahead', appWith({ ahead: 20 * SECOND }), 'warning clock', /20s ahead of/],
  [
    'a clock too far ahead',
    appWith({ ahead: 31 * SECOND }),
    'problem clock',
    /31s ahead of.*tokens/,
  ],
  ['a clock behind', appWith({ ahead: -5 * MINUTE }), 'warning clock', /5m behind/],
  ['a clock too far behind', appWith({ ahead: -10 * MINUTE }), 'problem clock', /10m behind/],
  [
    'a clock of a refused App',
    factsWith({ app: { kind: 'refused', status: 401, message: 'exp', ahead: 40 * SECOND } }),
    'problem clock',
    /40s ahead/,
  ],
  [
    'no time in the answer',
    factsWith({ app: { kind: 'refused', status: 401, message: 'no' } }),
    'warning clock',
    /Cannot be read/,
  ],
  ['no installation', asAppWith({ installations: known([]) }), 'problem installations', /nowhere/],
  [
    'installations not listed',
    asAppWith({ installations: NO }),
    'warning installations',
    /Cannot be read.*403/,
  ],
  [
    'a suspended installation',
    installation({ suspended: true }),
    'warning installations',
    /suspended/,
  ],
  [
    'a permission missing',
    installation({ permissions: { pull_requests: 'write' } }),
    'problem permissions',
    /contents: write \(without it: no branches.*acme accepts/,
  ],
  [
    'a permission too weak, not asked for',
    {
      ...installation({ permissions: { contents: 'read', pull_requests: 'write' } }),
      app: { ...appWith({}).app, permissions: { contents: 'read' } } as Facts['app'],
    },
    'problem permissions',
    /Ask for contents/,
  ],
  [
    'a permission too many',
    installation({
      permissions: { contents: 'write', pull_requests: 'write', administration: 'write' },
    }),
    'warning permissions',
    /administration: write/,
  ],
  [
    'an event not accepted',
    installation({ events: ['push'] }),
    'problem events',
    /pull_request_review \(without it: no approvals, and commands in reviews\).*acme accepts/,
  ],
  [
    'an event not asked for',
    { ...installation({ events: [] }), app: { ...appWith({}).app, events: [] } as Facts['app'] },
    'problem events',
    /Tick push and pull_request_review/,
  ],
  ['no webhook', hook({ url: undefined }), 'problem webhook', /No address/],
  ['no secret', hook({ hasSecret: false }), 'problem webhook', /not signed/],
  ['a webhook as a form', hook({ contentType: 'form' }), 'problem webhook', /sent as form/],
  ['a certificate not verified', hook({ insecureSsl: true }), 'warning webhook', /certificate/],
  ['another path', hook({ url: 'https://lastgood.example/' }), 'warning webhook', /takes them at/],
  ['the webhook not shown', asAppWith({ hook: NO }), 'warning webhook', /Cannot be read/],
  ['no delivery', deliveries(), 'warning deliveries', /no webhook delivery/],
  [
    'reality 17: deliveries fail now',
    deliveries(502, 202, 504),
    'problem deliveries',
    /2 of the last 3.*push at 1970-01-01 00:01:40 UTC, came to 502 "Bad".*reaches it/,
  ],
  ['the secret differs', deliveries(400), 'problem deliveries', /WEBHOOK_SECRET/],
  ['the path differs', deliveries(404), 'problem deliveries', /ends in/],
  ['the service fails', deliveries(500), 'problem deliveries', /log/],
  [
    'deliveries failed before',
    deliveries(202, 502),
    'warning deliveries',
    /1 of the last 2.*again now/,
  ],
  [
    'reality 17: redelivered, it arrived',
    deliveries(['a', 202], ['a', 502]),
    'ok deliveries',
    /arrived/,
  ],
  ['one on its way', deliveries(0, 202), 'ok deliveries', /arrived/],
  ['deliveries not listed', asAppWith({ deliveries: NO }), 'warning deliveries', /Cannot be read/],
  [
    'the database is gone',
    factsWith({ database: unknown('ECONNREFUSED 5432') }),
    'problem database',
    /5432/,
  ],
  [
    'items that were given up',
    factsWith({ database: known({ says: 'Embedded: 0 items wait, 2 were given up.', dead: 2 }) }),
    'warning database',
    /2 were given up.*lastgood inbox/,
  ],
  [
    'metric servers that answer',
    factsWith({ metricServers: [{ name: 'main', problem: undefined }] }),
    'ok metric-servers',
    /main answers/,
  ],
  [
    'a metric server that does not',
    factsWith({
      metricServers: [
        { name: 'main', problem: undefined },
        { name: 'eu', problem: 'it could not be reached (ECONNREFUSED)' },
      ],
    }),
    'problem metric-servers',
    /eu gives no metrics: it could not be reached.*LASTGOOD_METRIC_SERVERS_FILE/,
  ],
  ['an installation without repositories', installed({}), 'warning repositories', /no repository/],
  [
    'an archived repository',
    installed({ archived: ['acme/old'], total: 2 }),
    'warning repositories',
    /acme\/old is archived/,
  ],
  ['more repositories than listed', installed({ total: 120 }), 'warning repositories', /of 120/],
  [
    'repositories left out',
    factsWith({ leftOut: ['acme/a', 'acme/b'] }),
    'warning repositories',
    /Not looked at.*acme\/a and acme\/b/,
  ],
  [
    'repositories not listed',
    factsWith({ installed: [{ account: 'acme', found: NO }] }),
    'warning repositories',
    /Cannot be read/,
  ],
];
