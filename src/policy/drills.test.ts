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

test.each<[what: string, text: string, expected: string]>([
  [
    'a name that is nearly one',
    'model: m\ndrills: { environment: stagin }\nenvironments:\n  staging: PINS\n  production: PINS\n',
    '.lastgood/m.yaml:2:11: `drills.environment` is "stagin", which is no environment of this policy; expected one of staging, production; did you mean `staging`',
  ],
  [
    'a name that is none at all',
    'model: m\ndrills: { environment: elsewhere }\nenvironments:\n  staging: PINS\n',
    '.lastgood/m.yaml:2:11: `drills.environment` is "elsewhere", which is no environment of this policy; expected one of staging; leave it out, and drills merge nowhere',
  ],
  [
    'one of the environment itself',
    'model: m\nenvironments:\n  staging: PINS\n  production:\n    pins: PIN\n    drills: { environment: prod }\n',
    '.lastgood/m.yaml:6:15: `drills.environment` is "prod", which is no environment of this policy; expected one of staging, production; leave it out, and drills merge nowhere',
  ],
  [
    'another environment',
    'model: m\ndrills: { environment: staging }\nenvironments:\n  staging: PINS\n  production: PINS\n',
    '',
  ],
  [
    'what a preset says, for policies without it',
    'extends: ours\nmodel: m\nenvironments:\n  production: PINS\n',
    '',
  ],
])('%s', (_, text, expected) => {
  let pins = 0;
  const file = text.replaceAll('PINS', '{ pins: PIN }').replaceAll(/\bPIN\b/g, () => {
    pins += 1;
    return `{ model: { file: ${pins}.yaml, path: v } }`;
  });
  const files = { 'm.yaml': file, 'presets/ours.yaml': 'drills: { environment: staging }\n' };
  expect(problemsOf(files)).toBe(expected);
});
