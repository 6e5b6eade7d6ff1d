import { DEFAULTS } from './defaults.ts';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../time.ts';
import { load, onlyTarget, policyFor, problemsOf } from './load-policies.fixture.ts';

const shipped = {
  base: 'respond: { critical: merge, high: review }\nverify: { watch: 5h }\nlimits: { cooldown: 1h }\n',
};

describe('what overrides what', () => {
  test('preset, then the top of the file, then the environment: mappings merge key by key', () => {
    const { targets } = load(
      {
        'm.yaml': `extends: base
model: m
respond: { high: notify }
limits: { open: 9 per 24h }
environments:
  production:
    pins: { model: { file: p.yaml, path: v } }
    respond: { low: ignore }
    limits: { cooldown: 5m }
  staging:
    pins: { model: { file: s.yaml, path: v } }
`,
      },
      shipped,
    );
    expect(targets.map(({ respond, limits, verify }) => ({ respond, limits, verify }))).toEqual([
      {
        respond: { critical: 'merge', high: 'notify', medium: 'notify', low: 'ignore' },
        limits: {
          merge: { count: 1, per: DAY },
          open: { count: 9, per: DAY },
          cooldown: 5 * MINUTE,
          maxReleaseAge: 7 * DAY,
        },
        verify: { ...DEFAULTS.verify, watch: 5 * HOUR },
      },
      {
        respond: { critical: 'merge', high: 'notify', medium: 'notify', low: 'record' },
        limits: {
          merge: { count: 1, per: DAY },
          open: { count: 9, per: DAY },
          cooldown: HOUR,
          maxReleaseAge: 7 * DAY,
        },
        verify: { ...DEFAULTS.verify, watch: 5 * HOUR },
      },
    ]);
  });

  test('lists replace lists', () => {
    const text = `model: m
owners: ["@a", "@b"]
approvals: { from: ["@c", "@d"] }
environments:
  production:
    owners: ["@e"]
    approvals: { from: ["@f"] }
    pins: { model: { file: p.yaml, path: v } }
`;
    const { owners, approvals } = onlyTarget(load({ 'm.yaml': text }));
    expect(owners).toEqual([{ kind: 'user', login: 'e' }]);
    expect(approvals.from).toEqual([{ kind: 'user', login: 'f' }]);
  });

  test('a preset of the repository may extend a shipped one, and a file several: the later one wins', () => {
    const set = load(
      {
        'presets/ours.yaml': 'extends: base\nverify: { watch: 6h }\n',
        'presets/quick.yaml': 'verify: { within: 1m }\nlimits: { cooldown: 1m }\n',
        'm.yaml': policyFor('m', 'extends: [ours, quick]'),
      },
      shipped,
    );
    const { respond, verify, limits } = onlyTarget(set);
    expect(respond.critical).toBe('merge');
    expect(verify).toEqual({ ...DEFAULTS.verify, within: MINUTE, watch: 6 * HOUR });
    expect(limits.cooldown).toBe(MINUTE);
  });

  test('a preset reached twice counts once, where it was reached first', () => {
    const set = load(
      {
        'presets/left.yaml': 'extends: base\nverify: { watch: 6h }\n',
        'presets/right.yaml': 'extends: base\nlimits: { cooldown: 2h }\n',
        'm.yaml': policyFor('m', 'extends: [left, right]'),
      },
      shipped,
    );
    const { verify, limits } = onlyTarget(set);
    expect(verify.watch).toBe(6 * HOUR);
    expect(limits.cooldown).toBe(2 * HOUR);
  });
});

describe('presets with mistakes', () => {
  test('are reported at the preset and at each file that extends them', () => {
    const files = {
      'presets/ours.yaml': 'respond: { critcal: merge }\n',
      'presets/more.yaml': 'extends: ours\n',
      'a.yaml': policyFor('a', 'extends: more'),
      'b.yaml': policyFor('b', 'extends: [ours]'),
      'c.yaml': policyFor('c', 'extends: base'),
    };
    expect(problemsOf(files, shipped)).toMatchInlineSnapshot(`
      ".lastgood/presets/ours.yaml:1:12: unknown key "critcal" in \`respond\`; expected one of critical, high, medium, low; did you mean \`critical\`
      .lastgood/presets/more.yaml:1:10: the preset "ours" has a mistake at .lastgood/presets/ours.yaml:1:12; mend the preset, or extend another one
      .lastgood/a.yaml:6:10: the preset "more" has a mistake at .lastgood/presets/more.yaml:1:10; mend the preset, or extend another one
      .lastgood/b.yaml:6:11: the preset "ours" has a mistake at .lastgood/presets/ours.yaml:1:12; mend the preset, or extend another one"
    `);
    const set = load(files, shipped);
    expect(set.targets.map(({ target }) => target.model)).toEqual(['c']);
    expect(set.disabled.map(({ target }) => target.model)).toEqual(['a', 'b']);
  });

  test('may not say what only a policy file can', () => {
    const preset = 'model: m\nowners: ["@a"]\nenvironments: {}\npins: {}\n';
    expect(problemsOf({ 'presets/ours.yaml': preset })).toMatchInlineSnapshot(`
      ".lastgood/presets/ours.yaml:1:1: unknown key "model"; expected one of extends, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; \`model\` belongs in a policy file, which can extend this preset
      .lastgood/presets/ours.yaml:2:1: unknown key "owners"; expected one of extends, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; \`owners\` belongs in a policy file, which can extend this preset
      .lastgood/presets/ours.yaml:3:1: unknown key "environments"; expected one of extends, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; \`environments\` belongs in a policy file, which can extend this preset
      .lastgood/presets/ours.yaml:4:1: unknown key "pins"; expected one of extends, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; \`pins\` belongs in a policy file, which can extend this preset"
    `);
  });

  test('that extend each other show the circle', () => {
    const files = {
      'presets/a.yaml': 'extends: b\n',
      'presets/b.yaml': 'extends:\n  - base\n  - c\n',
      'presets/c.yaml': 'extends: a\n',
      'presets/self.yaml': 'extends: self\n',
      'm.yaml': policyFor('m', 'extends: a'),
    };
    expect(problemsOf(files, shipped)).toMatchInlineSnapshot(`
      ".lastgood/presets/c.yaml:1:10: presets extend each other in a circle: a → b → c → a; expected presets that end in one without \`extends\`; remove a here
      .lastgood/presets/b.yaml:3:5: the preset "c" has a mistake at .lastgood/presets/c.yaml:1:10; mend the preset, or extend another one
      .lastgood/presets/a.yaml:1:10: the preset "b" has a mistake at .lastgood/presets/b.yaml:3:5; mend the preset, or extend another one
      .lastgood/presets/self.yaml:1:10: presets extend each other in a circle: self → self; expected presets that end in one without \`extends\`; remove self here
      .lastgood/m.yaml:6:10: the preset "a" has a mistake at .lastgood/presets/a.yaml:1:10; mend the preset, or extend another one"
    `);
  });

  test('do not exist', () => {
    const files = {
      'presets/ours.yaml': 'extends: bsae\n',
      'm.yaml': policyFor('m', 'extends: [our, something-else]'),
    };
    expect(problemsOf(files, shipped)).toMatchInlineSnapshot(`
      ".lastgood/presets/ours.yaml:1:10: there is no preset "bsae"; expected one of base, ours; did you mean \`base\`
      .lastgood/m.yaml:6:11: there is no preset "our"; expected one of base, ours; did you mean \`ours\`
      .lastgood/m.yaml:6:16: there is no preset "something-else"; expected one of base, ours; presets of your own stand in .lastgood/presets/<name>.yaml"
    `);
  });

  test('take the name of a shipped one: whoever extends the name is not guessed at', () => {
    const files = {
      'presets/base.yaml': 'verify: {}\n',
      'm.yaml': policyFor('m', 'extends: base'),
    };
    expect(problemsOf(files, shipped)).toMatchInlineSnapshot(`
      ".lastgood/presets/base.yaml:1:1: the name "base" belongs to policies/base.yaml already; expected one preset of a name, shipped ones included; rename this file; it can still say \`extends: base\`
      .lastgood/m.yaml:6:10: the preset "base" has a mistake at .lastgood/presets/base.yaml:1:1; mend the preset, or extend another one"
    `);
    expect(load(files, shipped).targets).toEqual([]);
  });

  test.each([
    ['downwards', 1],
    ['upwards', -1],
  ])('form a chain that is too long, %s', (_, direction) => {
    const presets = Array.from({ length: 5000 }, (_, i) => [
      `presets/p${i}.yaml`,
      `extends: p${i + direction}\n`,
    ]);
    const text = policyFor('m', `extends: p${direction === 1 ? 0 : 4999}`);
    const set = load({ ...Object.fromEntries(presets), 'm.yaml': text });
    expect(set.disabled).toHaveLength(1);
    expect(set.problems.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/lies too deep$/),
    );
  });
});
