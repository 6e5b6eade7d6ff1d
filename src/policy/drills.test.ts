import { expect, test } from 'vitest';
import { load } from './load-policies.fixture.ts';

const POLICY = (drills: string): string =>
  `model: m\n${drills}\nenvironments:\n  staging:\n    pins: { model: { file: a.yaml, path: v } }\n`;

const read = (drills: string) => {
  const { targets, problems } = load({ 'm.yaml': POLICY(drills) });
  return problems.length > 0 ? problems.map(({ message }) => message) : targets[0]?.drills;
};

test.each([
  ['', { every: 'never' }],
  ['drills: weekly', { every: 'weekly' }],
  ['drills: {}', { every: 'monthly' }],
  ['drills: { every: never, environment: staging }', { every: 'never', environment: 'staging' }],
  [
    'drills: { probe: { server: registry, path: "/v/{version}" } }',
    { every: 'monthly', probe: { server: 'registry', path: '/v/{version}' } },
  ],
])('%s', (text, expected) => expect(read(text)).toEqual(expected));

test('mistakes', () => {
  expect(
    [
      'drills: daily',
      'drills: { evry: weekly }',
      'drills: { environment: "../x" }',
      'drills: { environment: drill }',
      'drills: { probe: { server: registry, path: "/v" } }',
      'drills: { probe: { server: registry, path: "https://evil.example/{version}" } }',
      'drills: { probe: { server: registry, path: "/../{version}" } }',
      'drills: { probe: { path: "/{version}" } }',
    ].map((text) => [text, read(text)].flat().join(' → ')),
  ).toMatchInlineSnapshot(`
    [
      "drills: daily → \`drills\` is "daily"",
      "drills: { evry: weekly } → unknown key "evry" in \`drills\`",
      "drills: { environment: "../x" } → \`drills.environment\` is "../x"",
      "drills: { environment: drill } → \`drills.environment\` is "drill"",
      "drills: { probe: { server: registry, path: "/v" } } → \`drills.probe.path\` is "/v"",
      "drills: { probe: { server: registry, path: "https://evil.example/{version}" } } → \`drills.probe.path\` is "https://evil.example/{version}", which is no path",
      "drills: { probe: { server: registry, path: "/../{version}" } } → \`drills.probe.path\` is "/../{version}", which leads upwards",
      "drills: { probe: { path: "/{version}" } } → \`drills.probe\` has no \`server\`",
    ]
  `);
});
