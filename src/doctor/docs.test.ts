import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { WEBHOOK_PATH } from '../web/webhook-path.ts';
import { CHECK_IDS } from './check.ts';

const page = await readFile(new URL('../../docs/doctor.md', import.meta.url), 'utf8');
const example = /^```text\n(.*?)^```$/ms.exec(page)?.[1]?.trimEnd().split('\n') ?? [];

test('docs/doctor.md explains every check once, in the order of the output', () => {
  const explained = [...page.matchAll(/^\| `([a-z-]+)` +\| \S.{20,}\|$/gm)].map(([, id]) => id);
  expect(explained).toEqual(CHECK_IDS);
});

test('its example has checks that there are, in their order, and counts them', () => {
  const lines = example.filter((line) => /^(ok|warning|problem) /.test(line));
  const ids = lines.map((line) => line.split(/ +/)[1]);
  expect(ids).toEqual(CHECK_IDS.filter((id) => ids.includes(id)));
  expect(lines.filter((line) => !line.startsWith('ok') && !line.includes(' → '))).toEqual([]);
  const count = (level: string) => lines.filter((line) => line.startsWith(level)).length;
  expect(example.at(-1)).toBe(
    `${lines.length} checks: ${count('problem')} problems and ${count('warning')} warnings.`,
  );
});

test('it names the path of webhooks', () => {
  expect(page).toContain(`\`${WEBHOOK_PATH}\``);
});
