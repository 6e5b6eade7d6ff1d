import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';

/*
 * Holds README.md and all pages to what there is: links, files, commands, and the index of decisions. What commands
 * print, and what settings and metrics are called, is held by the tests of their rooms.
 */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGES = ['README.md', ...globSync('{docs,test}/**/*.md', { cwd: ROOT })].sort();
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** As GitHub names the places of a page. */
function anchorsOf(page: string): readonly string[] {
  return [...read(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/\[(.*?)\]\(.*?\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** Where the relative links of a page lead. */
function brokenLinks(page: string): readonly string[] {
  const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)];
  return links.flatMap(([, link = '']) => {
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, file))) return [link];
    return anchor === undefined || anchorsOf(file).includes(anchor) ? [] : [link];
  });
}

const LIVES = /`((?:src|test|docs|bench|fixtures|policies)\/[\w./-]+)`/g;

describe.each(PAGES)('%s', (page) => {
  test('leads to places that there are', () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test('names files that there are', () => {
    const named = [...read(page).matchAll(LIVES)].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('speaks of no place on somebody’s machine', () => {
    expect(read(page)).not.toMatch(/\/(?:work|home|root|tmp|Users)\//);
  });
});

test('every npm script that a page names is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = PAGES.flatMap((page) =>
    [...read(page).matchAll(/\bnpm run ([a-z0-9]+)/g)].map(([, name = '']) => name),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

/** What the help of a command says; empty of one that there is not. */
async function helpOf(words: readonly string[]): Promise<string> {
  const said: string[] = [];
  const out = (text: string): void => void said.push(text);
  await runCli([...words, '--help'], { out, error: () => {}, now: 0 });
  return said.join('\n');
}

test('every command of lastgood that a page names is there, with its options', async () => {
  const lines = PAGES.flatMap((page) =>
    [
      ...read(page).matchAll(
        /(?:`|^ {4,}|^\$ )(?:npm run lastgood -- |lastgood )([a-z][^`\n|#]*)/gm,
      ),
    ].map(([, line = '']) => line.trim()),
  );
  expect(lines.length).toBeGreaterThan(30);
  const top = await helpOf([]);
  const wrong: string[] = [];
  for (const line of lines) {
    const words = line.split(/\s+/);
    const [name = '', verb = ''] = words;
    const help = await helpOf(name === 'inbox' && /^[a-z]/.test(verb) ? [name, verb] : [name]);
    const options = [...line.matchAll(/(?<=\s)--[a-z][a-z-]*/g)].map(([option]) => option);
    const known = new RegExp(`^  ${name}\\b`, 'm').test(top);
    const all = options.every((option) => new RegExp(`${option}\\b`).test(help));
    if (!known || !all) wrong.push(line);
  }
  expect(wrong).toEqual([]);
});

test('docs/design.md names every room', () => {
  const page = read('docs/design.md');
  const rooms = globSync('src/*/', { cwd: ROOT }).map((path) => path.replace(/\/$/, ''));
  expect(rooms.length).toBeGreaterThan(25);
  expect(rooms.filter((room) => !page.includes(`| \`${room}\` `))).toEqual([]);
});

test('the index of decisions has each one once; their numbers differ', () => {
  const files = globSync('docs/decisions/0*.md', { cwd: ROOT }).map((path) => basename(path));
  const index = read('docs/decisions/README.md');
  const listed = [...index.matchAll(/^- \[.*?\]\((.*?)\)/gm)].map(([, file = '']) => file);
  expect(listed.sort()).toEqual(files.sort());
  expect(new Set(files.map((file) => file.slice(0, 4))).size).toBe(files.length);
});
