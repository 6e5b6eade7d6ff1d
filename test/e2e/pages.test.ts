import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import MarkdownIt from 'markdown-it';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeAuditedRepository } from '../../bench/audit/audited-repository.ts';
import {
  contrastOf,
  openBrowser,
  readPage,
  type Reader,
} from '../../fixtures/browser/open-browser.ts';
import { createFakeMetrics } from '../../fixtures/metrics.ts';
import { COLLAPSE, writeCollapse } from '../../src/cli/collapse.fixture.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { openStage, type Stage as RepositoryStage } from '../../src/cli/stage.fixture.ts';
import { JOURNAL_BRANCH } from '../../src/journal/journal-branch.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { useStories } from '../stories/support.ts';

const DESK: Reader = { width: 1200, height: 860, scheme: 'light' };
const DARK: Reader = { ...DESK, scheme: 'dark' };
const PHONE: Reader = { width: 390, height: 844, scheme: 'dark' };

/** Readable for most people, as WCAG 2 has it. */
const READABLE = 4.5;

/** Where screenshots go: `PICTURES=docs/pictures npm run e2e -- pages` renews those of the documents. */
const PICTURES = process.env['PICTURES'];

let browser: Browser;
let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-pages-'));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(root, { recursive: true, force: true });
});

async function picture(page: Page, name: string): Promise<void> {
  const path = join(root, `${name}.png`);
  await page.screenshot({ path });
  if (PICTURES !== undefined) await copyFile(path, join(PICTURES, `${name}.png`));
}

/** How far the page reaches to the right: more than its width has to be scrolled to. */
function widthOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth');
}

/** How a page of Lastgood's own reads: how wide it is, and how far its texts stand out from what is behind, at least. */
async function reading(url: string, reader: Reader) {
  const { page, complaints, asked } = await readPage(browser, url, reader);
  const paper = { of: 'body', property: 'background-color' } as const;
  const drawn = { of: '.lg-paper', property: 'fill' } as const;
  const contrasts = await Promise.all([
    ...['td', 'th', '.quiet', 'h1'].map((of) => contrastOf(page, { of, property: 'color' }, paper)),
    ...['.lg-title', '.plots text:not(.lg-title)'].map((of) =>
      contrastOf(page, { of, property: 'fill' }, drawn),
    ),
  ]);
  const width = await widthOf(page);
  await page.close();
  return { width, contrast: Math.min(...contrasts), complaints, asked };
}

describe('the page of an audit', () => {
  const ROLLBACKS = 600;
  let url = '';
  beforeAll(async () => {
    const folder = join(root, 'audited.git');
    const { end } = writeAuditedRepository(folder, {
      rollbacks: ROLLBACKS,
      models: 6,
      good: 4,
    });
    const out: string[] = [];
    const terminal = {
      out: (text: string) => out.push(text),
      error: (text: string) => out.push(text),
      now: end + HOUR,
    };
    await runCli(['audit', '--repo', folder, '--format', 'html'], terminal);
    const file = join(root, 'audit.html');
    await writeFile(file, out.join('\n'));
    url = pathToFileURL(file).href;
  });

  test('stands by itself: tables and plots are there, and nothing else is asked for', async () => {
    const { page, complaints, asked } = await readPage(browser, url, DESK);
    expect(await page.title()).toBe('Audit of rollbacks');
    expect(await page.locator('body > p').first().innerText()).toContain(
      `${ROLLBACKS} rolled back, 0 rejected, 0 false. ${ROLLBACKS} of ${ROLLBACKS} records are complete (100 %).`,
    );
    expect(await page.locator('h2').allInnerTexts()).toEqual([
      'Targets',
      'Months',
      'Targets by month',
      'Phases',
      'Phases by target',
      'Rollbacks',
      'Rejected',
      'Approvals',
      'Open quarantines',
    ]);
    const rows = (title: string) => page.locator(`[aria-label="${title}"] tbody tr`);
    expect(await rows('Targets').count()).toBe(6);
    expect(await rows('Rollbacks').count()).toBe(ROLLBACKS);
    expect(await rows('Phases').first().locator('td').allInnerTexts()).toEqual(
      expect.arrayContaining(['Detection', String(ROLLBACKS)]),
    );
    const plots = page.locator('.plots svg');
    expect(await plots.locator('.lg-title').allInnerTexts()).toHaveLength(4);
    for (const plot of await plots.all()) {
      await plot.scrollIntoViewIfNeeded();
      const box = await plot.boundingBox();
      expect(box?.width).toBeGreaterThan(400);
      expect(box?.height).toBeGreaterThan(150);
      expect(await plot.locator('.lg-title').isVisible()).toBe(true);
      // Something is drawn: bars, dots or lines.
      expect(await plot.locator('.lg-f0, .lg-s0').count()).toBeGreaterThan(1);
    }
    await page.evaluate('scrollTo(0, 0)');
    await picture(page, 'audit');
    expect(complaints).toEqual([]);
    expect(asked).toEqual([url]);
    await page.close();
  });

  test.each([DESK, DARK, PHONE])('can be read at $width pixels, $scheme', async (reader) => {
    const { width, contrast, complaints, asked } = await reading(url, reader);
    expect(width).toBeLessThanOrEqual(reader.width);
    expect(contrast).toBeGreaterThan(READABLE);
    expect(complaints).toEqual([]);
    expect(asked).toEqual([url]);
  });

  test('on a phone, a table that is wider is moved by itself', async () => {
    const { page } = await readPage(browser, url, PHONE);
    await picture(page, 'audit-phone');
    const table = page.locator('[aria-label="Rollbacks"]');
    expect(await table.evaluate((one) => one.scrollWidth > one.clientWidth)).toBe(true);
    await page.close();
  });
});

describe('the page of a backtest', () => {
  let stage: RepositoryStage;
  let url = '';
  beforeAll(async () => {
    stage = await openStage();
    const { folder } = stage.repository(COLLAPSE);
    const data = join(root, 'data');
    await writeCollapse(data);
    const recorded = [
      '--metrics',
      join(data, 'recorded'),
      '--incidents',
      join(data, 'incidents.csv'),
    ];
    const file = join(root, 'backtest.html');
    const args = ['backtest', 'ranker', '--repo', folder, ...recorded, '--html', file];
    await stage.run(args);
    url = pathToFileURL(file).href;
  });
  afterAll(() => stage.close());

  test('shows the collapse, and where it would have been rolled back', async () => {
    const { page } = await readPage(browser, url, DESK);
    const rollbacks = page.locator('[aria-label="Rollbacks"] tbody tr');
    expect(await rollbacks.count()).toBe(2);
    expect(await rollbacks.first().innerText()).toContain('the collapse');
    const plots = page.locator('.plots svg');
    expect(await plots.count()).toBeGreaterThan(0);
    expect(await plots.first().locator('path.lg-line').count()).toBeGreaterThan(0);
    await picture(page, 'backtest');
    await page.close();
  });

  test.each([DESK, DARK, PHONE])('can be read at $width pixels, $scheme', async (reader) => {
    const { width, contrast, complaints, asked } = await reading(url, reader);
    expect(width).toBeLessThanOrEqual(reader.width);
    expect(contrast).toBeGreaterThan(READABLE);
    expect(complaints).toEqual([]);
    expect(asked).toEqual([url]);
  });
});

describe('the report of an incident', () => {
  const metrics = createFakeMetrics();
  const stories = useStories(undefined, () => Promise.resolve({ metrics }));
  let url = '';
  let plots: readonly string[] = [];

  /** As GitHub shows a Markdown file, near enough: tables and pictures are never wider than the page. */
  const asPage = (markdown: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Incident</title><style>
:root { color-scheme: light dark; --paper: #fff; --ink: #1f2328; --rule: #d1d9e0 }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #f0f6fc; --rule: #3d444d } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; background: var(--paper); color: var(--ink); overflow-wrap: break-word }
table { display: block; overflow-x: auto; border-collapse: collapse } th, td { border: 1px solid var(--rule); padding: .3rem .7rem; text-align: left }
img { max-width: 100% } code { overflow-wrap: anywhere }
</style></head><body>${new MarkdownIt().render(markdown)}</body></html>`;

  beforeAll(async () => {
    const query = 'avg(diversity{model="{model}",v="{version}"})';
    metrics.set('"ranker"', stories.time.clock() - 20 * DAY, 0.73);
    const model = await stories.plant('ranker', {
      badAge: 40 * MINUTE,
      policy: {
        server: 'main',
        evidence: { minAge: '0s' },
        monitors: {
          diversity: {
            query,
            regression: { worse: 'lower', by: '20%' },
            every: '1m',
            settle: '0s',
            urgency: 'immediate',
          },
        },
        verify: {
          metrics: [
            { name: 'diversity', server: 'main', query: 'avg(now{m="{model}"})', worse: 'lower' },
          ],
          watch: '20m',
        },
      },
    });
    metrics.set('now{m="ranker"', stories.time.clock() - 20 * DAY, 0.73);
    await stories.pass(20 * MINUTE);
    const fall = stories.time.clock();
    metrics.set('"ranker",v="1.11"', fall, 0.04);
    metrics.set('now{m="ranker"', fall, 0.04);
    await stories.pass(9 * MINUTE);
    await stories.repository.deploy(model.pull().mergeCommit ?? '', 'ranker', 'success');
    metrics.set('now{m="ranker"', stories.time.clock(), 0.71);
    await stories.pass(40 * MINUTE);
    const page = `.lastgood/journal/incidents/${model.target}/${model.bad}`;
    const read = async (path: string) =>
      (await stories.repository.read(path, JOURNAL_BRANCH)) ?? '';
    const file = join(root, 'incident.html');
    await writeFile(file, asPage(await read(`${page}.md`)));
    const folder = page.slice(0, page.lastIndexOf('/'));
    const files = await stories.repository.paths(folder, JOURNAL_BRANCH);
    const drawn = files.filter((path) => path.endsWith('.svg'));
    plots = drawn.map((path) => path.slice(folder.length + 1));
    for (const path of drawn)
      await writeFile(join(root, path.slice(folder.length + 1)), await read(path));
    url = pathToFileURL(file).href;
  });

  test('tells what happened, with what was measured before and after drawn', async () => {
    const { page, complaints, asked } = await readPage(browser, url, DESK);
    const text = await page.locator('body').innerText();
    expect(text).toContain('Outcome: rolled back, and recovery verified.');
    const headings = await page.locator('h2').allInnerTexts();
    expect(headings).toEqual(expect.arrayContaining(['Times', 'Timeline', 'Corrective actions']));
    const phases = page.locator('h2:text-is("Times") + table tbody tr td:first-child');
    expect(await phases.allInnerTexts()).toEqual([
      'Detection',
      'Triage',
      'Opening',
      'Execution',
      'Roll-out',
      'Verification',
    ]);
    const pictures = page.locator('img');
    expect(await pictures.count()).toBe(1);
    expect(plots).toHaveLength(1);
    const size = await page.evaluate<unknown>(
      '(({ complete, naturalWidth, width }) => ({ complete, naturalWidth, width }))(document.images[0])',
    );
    expect(size).toEqual({ complete: true, naturalWidth: 720, width: 720 });
    await pictures.first().scrollIntoViewIfNeeded();
    await picture(page, 'incident');
    expect(complaints).toEqual([]);
    expect(asked.filter((one) => !one.startsWith('file:'))).toEqual([]);
    await page.close();
  });

  test.each([DESK, DARK, PHONE])('can be read at $width pixels, $scheme', async (reader) => {
    const { page, complaints } = await readPage(browser, url, reader);
    expect(await widthOf(page)).toBeLessThanOrEqual(reader.width);
    expect(complaints).toEqual([]);
    await page.close();
    const [plot = ''] = plots;
    const drawn = await readPage(browser, pathToFileURL(join(root, plot)).href, reader);
    for (const of of ['.lg-title', 'text:not(.lg-title)']) {
      const behind = { of: '.lg-paper', property: 'fill' } as const;
      expect(await contrastOf(drawn.page, { of, property: 'fill' }, behind)).toBeGreaterThan(
        READABLE,
      );
    }
    const words = (await drawn.page.locator('text').allTextContents()).join(' ');
    for (const word of ['alert', 'merged #1', 'rolled out', 'recovered', 'tolerance 0.657']) {
      expect(words).toContain(word);
    }
    await drawn.page.close();
  });
});
