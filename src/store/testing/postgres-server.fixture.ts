import { execFile } from 'node:child_process';
import { chownSync, existsSync, globSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openPostgres } from '../postgres/open-postgres.ts';

const run = promisify(execFile);

/** Where Debian's package `postgresql` puts the server's programs. */
const programs = [
  ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
  ...(process.env['PATH'] ?? '').split(':'),
].find((folder) => existsSync(join(folder, 'initdb')));

/** Whether the tests on PostgreSQL have to be skipped. Says so, because nobody reads the list of skipped tests. */
export const POSTGRES_MISSING = programs === undefined;
const MISSING =
  'The tests on PostgreSQL are skipped: initdb was not found. Install PostgreSQL to run them ' +
  '(Debian: apt-get install postgresql).';
if (POSTGRES_MISSING) process.stderr.write(`${MISSING}\n`);

/** A server of its own, in a folder of its own, on a socket. */
export interface PostgresServer {
  /** Makes an empty database and answers its address. */
  freshUrl(): Promise<string>;
  start(): Promise<void>;
  /** Stops it as a crash would. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

/** PostgreSQL does not run as root. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export async function startPostgres(): Promise<PostgresServer> {
  if (programs === undefined) throw new Error(MISSING);
  const folder = await mkdtemp(join(tmpdir(), 'lastgood-pg-'));
  await chmod(folder, 0o777);
  const data = join(folder, 'data');
  const call = (program: string, ...args: string[]) =>
    run(join(programs, program), args, { ...user, cwd: folder });
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  await call('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync');
  const start = async (): Promise<void> => {
    const options = `-k ${folder} -c listen_addresses='' -c max_connections=60`;
    await call('pg_ctl', '-D', data, '-o', options, '-l', join(folder, 'log'), '-w', 'start');
  };
  const kill = async (): Promise<void> => {
    await call('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop');
  };
  const urlOf = (database: string): string =>
    `postgres://postgres@localhost/${database}?host=${encodeURIComponent(folder)}`;
  await start();
  let made = 0;
  return {
    start,
    kill,
    async freshUrl() {
      made += 1;
      const admin = await openPostgres(urlOf('postgres'));
      await admin.query(`create database test_${made}`);
      await admin.close();
      return urlOf(`test_${made}`);
    },
    async remove() {
      await kill().catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
