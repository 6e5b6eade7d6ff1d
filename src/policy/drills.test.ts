import { expect, test } from 'vitest';
import { load, problemsOf } from './load-policies.fixture.ts';

const POLICY = (drills: string): string =>
  `model: m\n${drills}\nenvironments:\n  staging:\n    pins: { model: { file: a.yaml, path: v } }\n`;

const read = (drills: string) => load({ 'm.yaml': POLICY(drills) }).targets[0]?.drills;

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
    ].map((text) => problemsOf({ 'm.yaml': POLICY(text) })),
  ).toMatchInlineSnapshot(`
    [
      ".lastgood/m.yaml:2:9: \`drills\` is "daily"; expected one of never, weekly, monthly, quarterly, or a mapping with every, environment, probe",
      ".lastgood/m.yaml:2:11: unknown key "evry" in \`drills\`; expected one of every, environment, probe; did you mean \`every\`",
      ".lastgood/m.yaml:2:24: \`drills.environment\` is "../x"; expected the name of an environment, such as staging",
      ".lastgood/m.yaml:2:24: \`drills.environment\` is "drill"; expected the name of an environment, such as staging",
      ".lastgood/m.yaml:2:44: \`drills.probe.path\` is "/v"; expected a path with \`{version}\` in it",
      ".lastgood/m.yaml:2:44: \`drills.probe.path\` is "https://evil.example/{version}", which is no path; expected a path that begins with \`/\`, such as \`/v1/models/{model}\`; write /https://evil.example/{version}",
      ".lastgood/m.yaml:2:44: \`drills.probe.path\` is "/../{version}", which leads upwards; expected a path that begins with \`/\`, such as \`/v1/models/{model}\`",
      ".lastgood/m.yaml:2:11: \`drills.probe\` has no \`server\`; expected the name of a server in the settings",
    ]
  `);
});
