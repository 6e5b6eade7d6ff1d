/** What would bring a bad version back by itself: a rollback takes it out of force, a reland puts it back. */
import { expect, test } from 'vitest';
import { HOUR } from '../../src/time.ts';
import { talkIn } from './commands-support.ts';
import { plain, useStories, type Model } from './support.ts';

const stories = useStories();
const { say, answer, issue } = talkIn(stories);

const FILES = {
  app: 'apps/scorer/app.yaml',
  application: 'argocd/scorer.yaml',
  renovate: '.github/renovate.json',
};
const app = (tag: string, word = '') =>
  `# The app\nimage: acme/scorer:${tag} # ${word}{"$imagepolicy": "flux-system:scorer"}\nreplicas: 2\n`;
const application = (prefix = '') =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: scorer\n  annotations:\n    ${prefix}argocd-image-updater.argoproj.io/image-list: scorer=acme/scorer # all tags\nspec:\n  source:\n    path: apps/scorer\n`;
const RENOVATE = '{\n  "extends": ["config:recommended"],\n  "packageRules": []\n}\n';
const RULE =
  '{ "description": "suspended by Lastgood: production/scorer", "matchFileNames": ["apps/scorer/app.yaml"], "enabled": false }';

const commit = (files: Readonly<Record<string, string>>): Promise<string> =>
  stories.repository.commit({ by: 'erin', message: 'Update image from scan', files });

async function readAll(): Promise<readonly (string | undefined)[]> {
  return Promise.all(Object.values(FILES).map((file) => stories.repository.read(file)));
}

/** A model with an image beside it, of which the newest release is bad. */
async function plantWithImage(name: string, file: string): Promise<Model> {
  const pins = {
    model: {
      file: `models/${name}/model.yaml`,
      path: 'spec.storageUri',
      version: `s3://models/${name}/{version}/model`,
    },
    image: { file, path: 'image', version: 'acme/scorer:{version}' },
  };
  const policy = { suspendAutomation: true, limits: { cooldown: '1m', merge: '9 per 24h' } };
  return stories.plant(name, { policy, production: { pins } });
}

const bringsBack = (body: string): string =>
  /### What may bring it back\n\n(.*?)\n\n###/s.exec(plain(body))?.[1] ?? 'nothing';

test('Flux, Argo CD Image Updater and Renovate: out of force by the rollback, back by the reland', async () => {
  await commit({
    [FILES.app]: app('7'),
    [FILES.application]: application(),
    [FILES.renovate]: RENOVATE,
  });
  const model = await plantWithImage('scorer', FILES.app);
  await stories.pass(30 * HOUR);
  await stories.after(() => commit({ [FILES.app]: app('8') }));
  await stories.pass(HOUR);
  expect(await stories.alert(model, { version: '1.11' })).toMatchInlineSnapshot(`
    [
      "Rolling back production/scorer now: ScoresDrift is critical, and the policy says merge for that.",
      "Planned to take production/scorer back to the release of <commit>: image 8 → 7.",
      "Pull request #N opened: Roll back production/scorer: image 8 → 7.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
  expect(await readAll()).toEqual([
    app('7', 'suspended by Lastgood: '),
    application('suspended-by-lastgood.'),
    RENOVATE.replace('[]', `[${RULE}]`),
  ]);
  expect(bringsBack(model.pull().body)).toMatchInlineSnapshot(`
    "- Flux sets \`image\` by the image policy \`flux-system:scorer\`. This takes the comment that says so out of force (\`apps/scorer/app.yaml\` line 2). \`/reland\` has Lastgood propose to put it back.
    - Argo CD Image Updater sets the images of the Application \`scorer\`. This takes the annotation that says so out of force (\`argocd/scorer.yaml\` line 6), for all of its images, by \`suspended-by-lastgood.\` before its name. \`/reland\` has Lastgood propose to put it back.
    - Renovate (\`.github/renovate.json\`) may propose the bad version again. This adds a rule to its \`packageRules\` that keeps it from proposing anything for \`apps/scorer/app.yaml\`. \`/reland\` has Lastgood propose to put it back."
  `);
  const [merged] = await stories.repository.log('main', 1);
  expect(merged?.message).toContain(
    'What would set them again by itself is out of force. No other byte changes.',
  );

  const number = await issue('Back again');
  // The answer gets lost, and the process dies: what was proposed is found again.
  stories.hub.faults.add({ method: 'POST', path: /\/comments$/, answer: 'reset' });
  await say('alice', number, '/reland scorer 8 The image was fine');
  await stories.stage.restart();
  await stories.pass(HOUR);
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/reland scorer 8 The image was fine\`: \`8\` of \`production/scorer\` may come back, for one release: bring it with a pull request. #N puts back in force what would set the version by itself: merge it when it may."`,
  );
  const opened = stories.repository
    .pulls()
    .filter(({ headRef }) => headRef.startsWith('lastgood/restore/'));
  expect(opened).toHaveLength(1);
  const pull = opened.at(-1);
  expect(plain(`${pull?.headRef}\n${pull?.title}\n\n${pull?.body}`)).toMatchInlineSnapshot(`
    "lastgood/restore/production/scorer/<commit>
    Let the automation of production/scorer run again

    A rollback of \`production/scorer\` took out of force what would have set the bad version again by itself. \`alice\` let \`8\` back at <time>, so this puts it back. No other byte changes.

    - The comment by which Flux sets a pin: \`apps/scorer/app.yaml\` line 2.
    - The annotation by which Argo CD Image Updater sets images: \`argocd/scorer.yaml\` line 6.
    - Renovate proposes updates again: \`.github/renovate.json\` line 3.

    Once this is merged, the automation may set the version by itself: that is the one release that the reland lets through. Merge it when you want that, or after a pull request brought the version. Closing it leaves the automation out of force."
  `);
  expect(await readAll()).not.toContain(app('7'));
  const runs = stories.repository.checkRuns(pull?.head ?? '');
  expect(runs.map(({ conclusion, output }) => [conclusion, output.title])).toMatchInlineSnapshot(
    `
    [
      [
        "success",
        "Nothing to say",
      ],
    ]
  `,
  );
  await stories.after(() => stories.as('alice').mergePull(stories.repository, pull?.number ?? 0));
  expect(await readAll()).toEqual([app('7'), application(), RENOVATE]);
});

test('nothing is out of force: a reland opens nothing', async () => {
  await stories.plant('plain');
  const number = await issue('Plain');
  await say('alice', number, '/quarantine plain 1.10 Leaks\n/reland plain 1.10 It does not');
  const before = stories.repository.pulls().length;
  expect(answer(number)).toMatchInlineSnapshot(`
    "- \`/quarantine plain 1.10 Leaks\`: \`1.10\` of \`production/plain\` is quarantined: no rollback goes to it, and pull requests that bring it fail the check until somebody relands it.
    - \`/reland plain 1.10 It does not\`: \`1.10\` of \`production/plain\` may come back, for one release: bring it with a pull request."
  `);
  expect(stories.repository.pulls()).toHaveLength(before);
});

test('settings that cannot be edited safely are left alone, and people are told', async () => {
  const file = 'apps/other/app.yaml';
  await commit({
    [file]: 'image: acme/scorer:7\n',
    [FILES.renovate]: '{\n  // Ours\n  "extends": ["config:recommended"]\n}\n',
    [FILES.application]: application().replaceAll('apps/scorer', 'charts'),
  });
  const model = await plantWithImage('other', file);
  await stories.pass(30 * HOUR);
  await stories.after(() => commit({ [file]: 'image: acme/scorer:8\n' }));
  await stories.pass(HOUR);
  await stories.alert(model, { version: '1.11' });
  expect(await stories.repository.read(file)).toBe('image: acme/scorer:7\n');
  expect(bringsBack(model.pull().body)).toMatchInlineSnapshot(
    `"- Renovate (\`.github/renovate.json\`) may propose the bad version again; the \`lastgood\` check fails that pull request. To keep it quiet, add a rule with \`matchFileNames\` for \`apps/other/app.yaml\` and \`"enabled": false\` to its \`packageRules\`. Lastgood could not add it, because the file is no plain JSON."`,
  );
});
