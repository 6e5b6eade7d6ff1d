import { describe, expect, test } from 'vitest';
import { load, policyFor, problemsOf } from './load-policies.fixture.ts';

/** The problems of one file called `m.yaml`. */
const explain = (text: string) => problemsOf({ 'm.yaml': text }, { 'online-critical': '{}' });

describe('keys', () => {
  test('unknown ones, with the one that was meant', () => {
    expect(
      explain(`extend: online-critical
modle: m
enviroments: {}
`),
    ).toMatchInlineSnapshot(`
      ".lastgood/m.yaml:1:1: unknown key "extend"; expected one of extends, model, owners, environments, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; did you mean \`extends\`
      .lastgood/m.yaml:2:1: unknown key "modle"; expected one of extends, model, owners, environments, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; did you mean \`model\`
      .lastgood/m.yaml:3:1: unknown key "enviroments"; expected one of extends, model, owners, environments, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; did you mean \`environments\`"
    `);
  });

  test('known ones in the wrong place', () => {
    expect(
      explain(`${policyFor('m')}
    extends: online-critical
minSoak: 24h
pins: {}
approvals: { by: github, owners: ["@a"] }
`),
    ).toMatchInlineSnapshot(`
      ".lastgood/m.yaml:7:5: unknown key "extends" in \`environments.production\`; expected one of pins, owners, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; \`extends\` belongs at the top of the file
      .lastgood/m.yaml:8:1: unknown key "minSoak"; expected one of extends, model, owners, environments, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; \`minSoak\` belongs under \`target\`
      .lastgood/m.yaml:9:1: unknown key "pins"; expected one of extends, model, owners, environments, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; \`pins\` belongs under \`environments.<name>\`
      .lastgood/m.yaml:10:26: unknown key "owners" in \`approvals\`; expected one of by, required, from, groups, remind, timeout, onTimeout; \`owners\` belongs at the top of the file"
    `);
  });

  test('missing ones', () => {
    expect(
      explain(`environments:
  production:
    pins:
      model: { path: v }
      image:
        - { file: a.yaml }
  staging: {}
`),
    ).toMatchInlineSnapshot(`
      ".lastgood/m.yaml:1:1: the file has no \`model\`; expected the model's name as alerts give it: letters, digits, \`.\`, \`_\` and \`-\`, beginning with a letter or digit
      .lastgood/m.yaml:4:7: \`environments.production.pins.model\` has no \`file\`; expected a path from the repository's root, such as clusters/production/fraud/model.yaml
      .lastgood/m.yaml:6:11: \`environments.production.pins.image[0]\` has no \`path\`; expected a path in the document, such as \`spec.containers[name=server].image\`
      .lastgood/m.yaml:7:3: \`environments.staging\` has no \`pins\`; expected a mapping with the keys model, features, image, config, data, traffic"
    `);
  });

  test('given twice, unusable or merged', () => {
    expect(
      explain(`${policyFor('m')}
model: n
[a]: b
__proto__: {}
<<: {}
`),
    ).toMatchInlineSnapshot(`
      ".lastgood/m.yaml:7:1: the key "model" stands here a second time; expected it once; the first is in line 1
      .lastgood/m.yaml:8:1: this key cannot be used; expected plain text as a key
      .lastgood/m.yaml:9:1: this key cannot be used; expected plain text as a key
      .lastgood/m.yaml:10:1: unknown key "<<"; expected one of extends, model, owners, environments, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; name the element itself by an alias, or use \`extends\`"
    `);
  });
});

describe('values', () => {
  test('of the wrong kind', () => {
    expect(
      explain(`extends: {}
model: [m]
owners: "@a"
environments:
  production:
    pins: { model: a.yaml, image: [], features: [3] }
respond: merge
evidence:
limits: { merge: {}, cooldown: [] }
`),
    ).toMatchInlineSnapshot(`
      ".lastgood/m.yaml:1:10: \`extends\` is an empty mapping; expected the name of a preset, or a list of names
      .lastgood/m.yaml:2:8: \`model\` is a list; expected the model's name as alerts give it: letters, digits, \`.\`, \`_\` and \`-\`, beginning with a letter or digit
      .lastgood/m.yaml:3:9: \`owners\` is "@a"; expected a list of users, teams and roles, such as ["@acme/fraud-ml"]
      .lastgood/m.yaml:6:20: \`environments.production.pins.model\` is "a.yaml"; expected a pin with \`file\` and \`path\`, or a list of pins
      .lastgood/m.yaml:6:35: \`environments.production.pins.image\` is an empty list; expected at least one pin
      .lastgood/m.yaml:6:50: \`environments.production.pins.features[0]\` is "3"; expected a mapping with the keys file, document, path, version
      .lastgood/m.yaml:7:10: \`respond\` is "merge"; expected a mapping with the keys critical, high, medium, low
      .lastgood/m.yaml:8:1: \`evidence\` is empty; expected a mapping with the keys consecutive, minAge
      .lastgood/m.yaml:9:18: \`limits.merge\` is an empty mapping; expected a number and a length of time, such as \`2 per 24h\` (\`0 per 24h\` allows none)
      .lastgood/m.yaml:9:32: \`limits.cooldown\` is an empty list; expected a length of time such as 90s, 15m, 24h, 7d or 1h30m"
    `);
  });

  test('with no meaning', () => {
    expect(
      explain(`model: fraud detector
owners: [acme/ml, "role:maintainer"]
environments:
  production eu:
    pins: {}
  production:
    pins:
      model: { file: ../m.yaml, path: "a..b", version: "s3://{tag}" }
      image: { file: .github/workflows/deploy.yaml, path: env.TAG }
      data: { file: /data.yaml, path: v, document: { kind: "" } }
respond: { critical: marge, low: nothing }
evidence: { consecutive: 0, minAge: 5 minutes }
target: { maxDepth: many }
limits: { merge: 2/24h, open: -1 per 24h }
approvals: { by: me, onTimeout: pager, from: [] }
`),
    ).toMatchInlineSnapshot(`
      ".lastgood/m.yaml:1:8: \`model\` is "fraud detector", which cannot be a name; expected the model's name as alerts give it: letters, digits, \`.\`, \`_\` and \`-\`, beginning with a letter or digit; write fraud-detector
      .lastgood/m.yaml:2:10: \`owners[0]\` is "acme/ml", which names nobody; expected a user \`@login\`, a team \`@org/team\`, or a repository role such as \`role:maintain\`; write "@acme/ml"
      .lastgood/m.yaml:2:19: \`owners[1]\` is "role:maintainer", where the role is none of read, triage, write, maintain, admin; expected a user \`@login\`, a team \`@org/team\`, or a repository role such as \`role:maintain\`; did you mean role:maintain
      .lastgood/m.yaml:4:3: "production eu" cannot be a name in \`environments\`; expected names of letters, digits, \`.\`, \`_\` and \`-\`, joined by \`/\`, such as production/eu-west, not beginning with \`state\`, \`journal\`, \`restore\` or \`drill\`, none ending with \`.yaml\`; write production-eu
      .lastgood/m.yaml:8:22: \`environments.production.pins.model.file\` is "../m.yaml", which leaves its folder by \`..\`; expected a path from the repository's root, such as clusters/production/fraud/model.yaml
      .lastgood/m.yaml:8:39: \`environments.production.pins.model.path\` is "a..b", which is no path: The path \`a..b\` is wrong at character 3: expected a key, found \`.\`; expected a path in the document, such as \`spec.containers[name=server].image\`
      .lastgood/m.yaml:8:56: \`environments.production.pins.model.version\` is "s3://{tag}", without \`{version}\` in it; expected the whole value with one \`{version}\` in it, such as \`s3://models/fraud/{version}/model\`; write "s3://{version}"
      .lastgood/m.yaml:9:22: \`environments.production.pins.image.file\` is ".github/workflows/deploy.yaml", which GitHub lets only the \`workflows\` permission change; expected a path from the repository's root, such as clusters/production/fraud/model.yaml
      .lastgood/m.yaml:10:21: \`environments.production.pins.data.file\` is "/data.yaml", which is absolute; expected a path from the repository's root, such as clusters/production/fraud/model.yaml; write data.yaml
      .lastgood/m.yaml:10:60: \`environments.production.pins.data.document.kind\` is "", which is empty; expected the document's \`kind\`
      .lastgood/m.yaml:11:22: \`respond.critical\` is "marge"; expected one of ignore, record, notify, review, merge; did you mean \`merge\`
      .lastgood/m.yaml:11:34: \`respond.low\` is "nothing"; expected one of ignore, record, notify, review, merge
      .lastgood/m.yaml:12:26: \`evidence.consecutive\` is "0", which is too small; expected a whole number from 1 to 1000
      .lastgood/m.yaml:12:37: \`evidence.minAge\` is "5 minutes", which is not a length of time; expected a length of time such as 90s, 15m, 24h, 7d or 1h30m; write 5m
      .lastgood/m.yaml:13:21: \`target.maxDepth\` is "many", which is not a whole number; expected a whole number from 1 to 1000
      .lastgood/m.yaml:14:18: \`limits.merge\` is "2/24h", which is not a budget; expected a number and a length of time, such as \`2 per 24h\` (\`0 per 24h\` allows none); write 2 per 24h
      .lastgood/m.yaml:14:31: \`limits.open\` is "-1 per 24h", which is not a budget; expected a number and a length of time, such as \`2 per 24h\` (\`0 per 24h\` allows none)
      .lastgood/m.yaml:15:18: \`approvals.by\` is "me"; expected one of lastgood, github
      .lastgood/m.yaml:15:33: \`approvals.onTimeout\` is "pager"; expected one of page, merge, close; did you mean \`page\`
      .lastgood/m.yaml:15:46: \`approvals.from\` is an empty list; expected at least one user, team or role"
    `);
  });

  test('that do not go together', () => {
    expect(
      explain(
        policyFor(
          'm',
          'owners: ["@a", "@A"]\napprovals: { required: 2 }\nfallback: { features: x }',
        ),
      ),
    ).toMatchInlineSnapshot(`
      ".lastgood/m.yaml:7:14: \`approvals.required\` is 2, but only 1 user is named; expected no more approvals than there are people who can give them; name a team in \`approvals.from\`, or require fewer
      .lastgood/m.yaml:8:1: \`fallback\` says nothing about \`model\`; expected a value for every component with pins; write \`model: none\` to leave it as it is
      .lastgood/m.yaml:8:13: \`fallback\` names \`features\`, for which the target has no pin; expected components with pins: model; remove \`features\`, or pin it"
    `);
    expect(explain(policyFor('m', 'approvals: { required: 0 }'))).toMatchInlineSnapshot(
      `".lastgood/m.yaml:6:14: \`approvals.required\` is 0: a pull request for review would merge without one; expected at least 1 while Lastgood counts the approvals; to merge without an approval say \`merge\` in \`respond\`"`,
    );
  });

  test('of a fallback that could not be set', () => {
    expect(
      explain(`model: m
environments:
  production:
    pins: { model: { file: m.yaml, path: v, version: "s3://m/{version}/model" } }
  staging:
    pins: { model: { file: s.yaml, path: v, version: "s3://m/{version}/model" } }
    fallback: { model: "gs://m/rules/model" }
fallback: { model: rules-v1 }
`),
    ).toMatchInlineSnapshot(`
      ".lastgood/m.yaml:7:17: \`fallback.model\` is "gs://m/rules/model", which the version of the pin \`model\` does not match; expected a whole value of the form "s3://m/{version}/model"
      .lastgood/m.yaml:8:13: \`fallback.model\` is "rules-v1", which the version of the pin \`model\` does not match; expected a whole value of the form "s3://m/{version}/model"; write "s3://m/rules-v1/model""
    `);
  });

  test('of a ladder with rungs that cannot be taken', () => {
    const both = `model: m
environments:
  production:
    pins:
      model: { file: m.yaml, path: v }
      features: { file: f.yaml, path: v }
    ladder:
      - [model]
      - [image]
      - release
      - release
      - fallback
`;
    expect(explain(both)).toMatchInlineSnapshot(`
      ".lastgood/m.yaml:8:9: \`ladder\` has the rung "model", which parts model and features; expected model and features in one rung
      .lastgood/m.yaml:9:9: \`ladder\` has the rung "image", and the target has no pin for image; expected components with pins: model, features
      .lastgood/m.yaml:11:9: \`ladder\` has the rung "release" twice; expected each rung once
      .lastgood/m.yaml:12:9: \`ladder\` has the rung "fallback", and there is no \`fallback\`; expected a \`fallback\` to take; add one"
    `);
    expect(explain(policyFor('m', 'ladder: [fallback]'))).toMatchInlineSnapshot(
      `".lastgood/m.yaml:6:10: \`ladder\` has the rung "fallback" first; expected \`release\` or a list of components first"`,
    );
    expect(explain(policyFor('m', 'ladder: [retrain, release]'))).toMatchInlineSnapshot(
      `".lastgood/m.yaml:6:10: \`ladder\` has the rung "retrain" first; expected \`release\` or a list of components first"`,
    );
    expect(explain(policyFor('m', 'ladder: [release, retrain]'))).toMatchInlineSnapshot(
      `".lastgood/m.yaml:6:19: \`ladder\` has the rung "retrain", and there is no \`retrain\`; expected a \`retrain\` with the event to send; add one, as in \`retrain: { event: retrain-fraud }\`"`,
    );
    expect(
      explain(policyFor('m', 'ladder: [release, retrain, release]\nretrain: { event: a b }')),
    ).toMatchInlineSnapshot(
      `".lastgood/m.yaml:7:19: \`retrain.event\` is "a b"; expected letters, digits, \`.\`, \`_\` and \`-\`, beginning with a letter or digit, and not with \`lastgood-\`, which Lastgood listens to itself"`,
    );
    expect(explain(policyFor('m', 'retrain: { event: lastgood-alert }'))).toMatchInlineSnapshot(
      `".lastgood/m.yaml:6:19: \`retrain.event\` is "lastgood-alert"; expected letters, digits, \`.\`, \`_\` and \`-\`, beginning with a letter or digit, and not with \`lastgood-\`, which Lastgood listens to itself"`,
    );
    expect(explain(policyFor('m', 'ladder: [retry]'))).toMatchInlineSnapshot(
      `".lastgood/m.yaml:6:10: \`ladder[0]\` is "retry"; expected release, fallback, retrain, or a list of components, such as [model, features]"`,
    );
    expect(explain(policyFor('m', 'ladder: []'))).toMatchInlineSnapshot(
      `".lastgood/m.yaml:6:9: \`ladder\` is an empty list; expected at least one rung"`,
    );
  });

  test('that do not go together because of a preset are reported in the file', () => {
    const files = { 'm.yaml': policyFor('m', 'extends: two\nowners: ["@a"]') };
    expect(problemsOf(files, { two: 'approvals: { required: 2 }' })).toMatchInlineSnapshot(
      `".lastgood/m.yaml:7:1: \`approvals.required\` is 2, but only 1 user is named; expected no more approvals than there are people who can give them; name a team in \`approvals.from\`, or require fewer"`,
    );
  });

  test.each([
    'approvals: { required: 2, from: ["@a", "@b"] }',
    'approvals: { required: 2, from: ["@acme/ml"] }',
    'approvals: { required: 2, from: ["@a", role:write] }',
    'approvals: { required: 0, by: github }',
    'fallback: { model: rules }',
    'ladder: [[model], fallback]\nfallback: { model: rules }',
  ])('that do go together: %s', (more) => expect(explain(policyFor('m', more))).toBe(''));
});

test('what decides who agrees and who is told', () => {
  expect(
    problemsOf({
      'm.yaml': policyFor(
        'm',
        `approvals: { groups: [{ name: a, from: ["@x"], required: 2 }, { name: a, from: ["@acme/ml"] }], remind: 5 }
breakGlass: []
onReturn: rollback
check: { noGoal: warning }
notify: { issue: yes, slack: alerts }
`,
      ),
      'n.yaml': policyFor(
        'n',
        'approvals: { groups: [{ name: a, from: ["@x"], required: 2 }, { name: a, from: ["@acme/ml"] }] }',
      ),
    }),
  ).toMatchInlineSnapshot(`
    ".lastgood/m.yaml:6:105: \`approvals.remind\` is "5", which is not a length of time; expected a length of time such as 90s, 15m, 24h, 7d or 1h30m; write 5s
    .lastgood/m.yaml:7:13: \`breakGlass\` is an empty list; expected at least one user, team or role
    .lastgood/m.yaml:8:11: \`onReturn\` is "rollback"; expected one of notify, review, merge
    .lastgood/m.yaml:9:18: \`check.noGoal\` is "warning"; expected one of tell, warn, fail
    .lastgood/m.yaml:10:18: \`notify.issue\` is "yes", which is neither; expected true or false; write true
    .lastgood/m.yaml:10:30: \`notify.slack\` is "alerts", which is no channel; expected a channel such as "#ml-alerts"; write "#alerts"
    .lastgood/n.yaml:6:14: \`approvals.groups\` has the name "a" twice; expected a name of its own for each group
    .lastgood/n.yaml:6:14: the group "a" requires 2, but only 1 user is named in it; expected no more approvals than there are people who can give them; name a team, or require fewer"
  `);
});

describe('YAML', () => {
  test.each([
    ['nothing', ''],
    ['a comment', '# later\n'],
    ['a list', '- model: m\n'],
    ['a word', 'model'],
    ['a tab', 'model: m\nenvironments:\n\tproduction: {}\n'],
    ['an unquoted @', 'model: m\nowners: [@acme/ml]\n'],
    ['an open bracket', 'model: m\nowners: ["@acme/ml"\n'],
    ['a second document', `${policyFor('m')}---\n${policyFor('n')}`],
    ['a tag', 'model: !secret m\n'],
    ['an alias to nothing', `${policyFor('m')}owners: *team\n`],
    ['an alias to itself', `${policyFor('m')}owners: &team [*team]\n`],
  ])('with %s', (_, text) => expect(explain(text)).toMatchSnapshot());

  test('of aliases that stand for billions of values', () => {
    const bomb = Array.from({ length: 30 }, (_, i) =>
      i === 0
        ? 'a0: &a0 [x]'
        : `a${i}: &a${i} [${Array(9)
            .fill(`*a${i - 1}`)
            .join(', ')}]`,
    ).join('\n');
    expect(explain(bomb)).toMatchInlineSnapshot(
      `".lastgood/m.yaml:1:9: the file stands for too many values; expected at most 20000 values, aliases counted with all they stand for, in 50 levels"`,
    );
  });

  test.each(['[', '{', '- ', '? ', '{a: '])('that nests %j ten thousand times', (open) => {
    const { problems, targets } = load({ 'm.yaml': open.repeat(10_000) });
    expect(problems.length).toBeGreaterThan(0);
    expect(targets).toEqual([]);
  });

  test('of a size that no policy has', () => {
    expect(explain(`# ${'x'.repeat(200_000)}`)).toMatchInlineSnapshot(
      `".lastgood/m.yaml:1:1: the file has 200002 characters; expected at most 131072, so that every policy of a repository loads in moments"`,
    );
  });

  test('whose pattern is longer than any value', () => {
    const before = process.cpuUsage();
    const said = explain(
      `model: m\nenvironments:\n  p:\n    pins: { model: { file: m.yaml, path: v, version: "{${' '.repeat(130_000)}" } }`,
    );
    expect(process.cpuUsage(before).user / 1_000_000).toBeLessThan(3);
    expect(said).toContain('which is longer than 1000 characters');
  });

  test('with more mistakes than a person reads', () => {
    const lines = explain(Array.from({ length: 500 }, (_, i) => `k${i}: 1`).join('\n')).split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toMatchInlineSnapshot(
      `".lastgood/m.yaml:49:1: 452 more mistakes from here on are not listed"`,
    );
  });
});
