/**
 * `npm run evaluate -- --data FOLDER`: the judges on labelled series of others, beside plain methods in the same run.
 * One set of defaults for every series; docs/judges.md says what the columns mean.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions } from '../../fixtures/read-options.ts';
import { quantile } from '../../src/monitors/statistics/descriptive.ts';
import { formatTable } from '../format.ts';
import { alertsOf, createDetectors } from './detectors.ts';
import { evaluateNezha } from './nezha.ts';
import { evaluatePetshop } from './petshop.ts';
import { cellsOf, COLUMNS, scoreAlerts } from './score.ts';
import { readLabelled } from './series.ts';
import { evaluateTornado } from './tornado.ts';

const options = readOptions({
  data: { type: 'string', default: '../shared/data' },
  half: { type: 'string', default: 'dev' },
});

/** The folder of a data set; undefined if it is not there, so that a part can be evaluated by itself. */
function folderOf(name: string): string | undefined {
  const folder = join(options.data, name, options.half);
  return existsSync(join(folder, 'labels.json')) ? folder : undefined;
}

function print(title: string, table: string): void {
  console.log(`\n${title}\n\n${table}`);
}

function evaluateSeries(name: string, folder: string, withNab: boolean): void {
  const all = readLabelled(folder);
  const rows = Object.entries(createDetectors()).map(([detector, detect]) => {
    const score = scoreAlerts(all, ({ samples }) => alertsOf(detect, samples));
    return [detector, ...(withNab ? [score.nab.toFixed(1)] : []), ...cellsOf(score)];
  });
  print(name, formatTable(['', ...(withNab ? ['NAB score'] : []), ...COLUMNS], rows));
}

const nab = folderOf('nab');
if (nab) evaluateSeries('nab', nab, true);
const cloud = folderOf('ms-cloud');
if (cloud) evaluateSeries('ms-cloud', cloud, false);

const nezha = folderOf('nezha');
if (nezha) {
  const rows = evaluateNezha(nezha).map(([name, score]) => [name, ...cellsOf(score)]);
  print('nezha, alerts within three minutes', formatTable(['', ...COLUMNS], rows));
}
const petshop = folderOf('petshop');
if (petshop) {
  const rows = evaluatePetshop(petshop).map(([name, score]) => [name, ...cellsOf(score)]);
  print('petshop, two bad looks in a row', formatTable(['', ...COLUMNS], rows));
}
const tornado = folderOf('tornado-drift');
if (tornado) {
  const at = (delays: readonly number[], share: number) =>
    delays.length === 0 ? undefined : Math.round(quantile(delays, share));
  const rows = evaluateTornado(tornado).map(({ name, found, of, delays, falseAlerts }) => [
    name,
    `${found} of ${of}`,
    at(delays, 0.5),
    at(delays, 0.9),
    falseAlerts,
  ]);
  const head = ['', 'changes found', 'median rows', 'p90 rows', 'false alerts'];
  print('tornado-drift, labels change and features do not', formatTable(head, rows));
}
if (!nab && !cloud && !nezha && !petshop && !tornado) {
  console.error(`There is no data in ${options.data}: name its folder with --data.`);
  process.exitCode = 2;
}
