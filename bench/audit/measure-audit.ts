import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureProcess } from '../measure.ts';
import { writeAuditedRepository } from './audited-repository.ts';

/** What an audit of a whole history costs: times in milliseconds, memory in MiB, starts of processes included. */
export interface AuditFigures {
  readonly rollbacks: number;
  readonly ms: number;
  readonly peakRssMib: number | undefined;
  /** The same by the independent auditor. */
  readonly verifyMs: number;
  readonly verifyPeakRssMib: number | undefined;
  /** Reading the same messages and files by git, without understanding them. */
  readonly gitMs: number;
}

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** Audits a repository with so many rollbacks, each in the journal with its report, and verifies every one of them. */
export async function measureAudit(rollbacks: number, models = 500): Promise<AuditFigures> {
  const root = await mkdtemp(join(tmpdir(), 'audit-'));
  try {
    const folder = join(root, 'repository.git');
    writeAuditedRepository(folder, { rollbacks, models });
    const audit = (...more: readonly string[]) =>
      measureProcess(process.execPath, [CLI, 'audit', '--repo', folder, '--json', ...more]);
    const report = await audit();
    const { rollbacks: found, complete } = JSON.parse(report.stdout) as {
      rollbacks: unknown[];
      complete: number;
    };
    if (found.length !== rollbacks || complete !== rollbacks) {
      throw new Error(
        `${found.length} rollbacks were found, ${complete} complete. ${report.stderr}`,
      );
    }
    const verify = await audit('--verify');
    const { violations } = JSON.parse(verify.stdout) as { violations: { sentence: string }[] };
    if (violations.length > 0) throw new Error(`${violations.length}: ${violations[0]?.sentence}`);
    const git = await measureProcess('sh', [
      '-c',
      `git -C "$0" log --format=%B --grep=Lastgood-Target: main >/dev/null
       git -C "$0" ls-tree -r lastgood/journal | grep jsonl | cut -c13-52 | git -C "$0" cat-file --batch >/dev/null`,
      folder,
    ]);
    return {
      rollbacks,
      ms: report.ms,
      peakRssMib: report.peakRssMib,
      verifyMs: verify.ms,
      verifyPeakRssMib: verify.peakRssMib,
      gitMs: git.ms,
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
