import { runCli } from '../../src/cli/run-cli.ts';

/** What `lastgood history --json` says of a release, as far as it is compared. */
export interface ToldRelease {
  readonly commit: string;
  readonly versions: Readonly<Record<string, string>> | null;
  readonly problems: readonly { readonly message: string }[];
}

/** What `lastgood plan --json` says, as far as it is compared. */
export interface ToldPlan {
  readonly plan: {
    readonly goal: { readonly commit: string };
    readonly files: readonly { readonly path: string; readonly after: string }[];
  } | null;
  readonly why: string | null;
}

export interface Question {
  readonly folder: string;
  readonly policyFile: string;
  readonly model: string;
}

export async function askHistory(question: Question): Promise<readonly ToldRelease[]> {
  const told = await ask('history', question, ['--limit', '100000']);
  return (told as { readonly releases: readonly ToldRelease[] }).releases;
}

export async function askPlan(question: Question, at: string): Promise<ToldPlan> {
  return (await ask('plan', question, ['--at', at])) as ToldPlan;
}

async function ask(command: string, question: Question, more: readonly string[]): Promise<unknown> {
  const out: string[] = [];
  const { folder, policyFile, model } = question;
  const args = [command, model, '--repo', folder, '--policy', policyFile, '--json', ...more];
  await runCli(args, {
    out: (text) => out.push(text),
    error: () => {},
    now: Date.now(),
  });
  return JSON.parse(out.join('\n'));
}
