import { afterAll, expect, test } from 'vitest';
import { startPagerDuty, type PagerDutyDouble } from '../../fixtures/pagerduty/pagerduty.ts';
import { MINUTE, SECOND } from '../../src/time.ts';
import { plain, useStories, type Model } from './support.ts';

let double: PagerDutyDouble | undefined;
const pagerDuty = (): PagerDutyDouble => {
  if (!double) throw new Error('PagerDuty is not there yet.');
  return double;
};

const stories = useStories(
  undefined,
  async () => {
    double = await startPagerDuty();
    const { key, url, webhookUrl } = double;
    return { settings: { pageUrl: webhookUrl, pagerDuty: { key, url } } };
  },
  { afterMerge: true },
);
afterAll(() => double?.stop());

/** Lets time pass until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  await expect
    .poll(
      async () => {
        if (!isSo()) await stories.pass(MINUTE);
        return isSo();
      },
      { timeout: 20_000 },
    )
    .toBe(true);
}

/** What the generic webhook was told of a model. */
const posted = ({ target }: Model): string[] =>
  pagerDuty()
    .webhook.filter(({ sentence }) => String(sentence).includes(target))
    .map(({ action, sentence }) => `${String(action)}: ${plain(String(sentence))}`);

const alertsOf = ({ name }: Model) =>
  pagerDuty()
    .alerts.filter(({ dedupKey }) => dedupKey.includes(`/${name}/`))
    .map(({ summaries, open }) => ({ summaries: summaries.map(plain), open }));

async function metric(name: string): Promise<string[]> {
  const text = await (await fetch(`${stories.stage.serving.url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(name))
    .sort();
}

/** The model is rolled back, nothing rolls that out, and people are called; answers the merge commit. */
async function callPeople(model: Model): Promise<string> {
  await stories.alert(model);
  await stories.pass(10 * MINUTE);
  return model.pull().mergeCommit ?? '';
}

/** The rollback is rolled out after all, and helps. */
async function recover(model: Model, merge: string): Promise<void> {
  await stories.after(() => stories.repository.deploy(merge, model.name, 'success'));
  await stories.alert(model, { status: 'resolved' });
  await stories.pass(2 * MINUTE);
}

test('a call arrives once through trouble and a restart, and is resolved once by the recovery', async () => {
  const model = await stories.plant('paged');
  pagerDuty().fail(500, 429);
  const merge = await callPeople(model);
  expect(pagerDuty().calls).toEqual(['trigger 500']);
  expect(alertsOf(model)).toEqual([]);
  // The other way is not held up.
  expect(posted(model)).toHaveLength(1);
  stories.time.advance(SECOND / 4);
  const [age = ''] = await metric('lastgood_pages_unposted_seconds');
  expect(Number(age.split(' ')[1])).toBeGreaterThan(0);
  expect(await metric('lastgood_pages_posted_total')).toEqual([
    'lastgood_pages_posted_total{to="pagerduty",outcome="retried"} 1',
    'lastgood_pages_posted_total{to="webhook",outcome="ok"} 1',
  ]);

  await stories.stage.restart();
  await until(() => alertsOf(model).length > 0);
  expect(pagerDuty().calls).toEqual(['trigger 500', 'trigger 429', 'trigger 202']);
  expect(await metric('lastgood_pages_unposted_seconds')).toEqual([
    'lastgood_pages_unposted_seconds 0',
  ]);
  expect(alertsOf(model)).toMatchInlineSnapshot(`
    [
      {
        "open": true,
        "summaries": [
          "Nothing shows that the rollback #N of production/paged was rolled out, 10m after its merge, and the model has not recovered: the alert ScoresDrift fires. Look at the Argo CD application or the Flux Kustomization, and sync it by hand if need be.",
        ],
      },
    ]
  `);

  await stories.stage.restart();
  await recover(model, merge);
  await until(() => alertsOf(model)[0]?.open === false);
  expect(pagerDuty().calls.splice(0).slice(3)).toEqual(['resolve 202']);
  await stories.stage.restart();
  await stories.pass(10 * MINUTE);
  expect(pagerDuty().calls).toEqual([]);
  expect(posted(model)).toMatchInlineSnapshot(`
    [
      "trigger: Nothing shows that the rollback #N of production/paged was rolled out, 10m after its merge, and the model has not recovered: the alert ScoresDrift fires. Look at the Argo CD application or the Flux Kustomization, and sync it by hand if need be.",
      "resolve: production/paged recovered at <time>, 11m after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
    ]
  `);
});

test('a call that PagerDuty refuses is given up, which shows, and its end is not sent', async () => {
  const model = await stories.plant('refused');
  pagerDuty().fail(400);
  const merge = await callPeople(model);
  await until(() => pagerDuty().calls.length > 0);
  await stories.stage.quiet();
  expect(await metric('lastgood_pages_posted_total')).toContain(
    'lastgood_pages_posted_total{to="pagerduty",outcome="refused"} 1',
  );
  const [letter] = await stories.stage.serving.store.deadLetters.list({ lane: 'pagerduty' });
  expect(letter?.why).toBe("PagerDuty answered 400. It says: 'payload' is not liked");
  await recover(model, merge);
  await until(() => posted(model).length === 2);
  await stories.stage.quiet();
  expect(posted(model).map((one) => one.split(':')[0])).toEqual(['trigger', 'resolve']);
  expect(pagerDuty().calls.splice(0)).toEqual(['trigger 400']);
});

test('a rollback that helps without anybody calls nobody, and takes nothing back', async () => {
  const model = await stories.plant('quiet');
  await stories.alert(model);
  await recover(model, model.pull().mergeCommit ?? '');
  await stories.pass(10 * MINUTE);
  expect(pagerDuty().calls).toEqual([]);
  expect(posted(model)).toEqual([]);
});
