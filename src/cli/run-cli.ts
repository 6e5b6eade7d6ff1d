import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { audit, AUDIT_FORMATS, type AuditOptions } from './audit.ts';
import type { BacktestOptions } from './backtest.ts';
import type { DoctorOptions } from './doctor.ts';
import { CommandFailed, EXIT, type ExitCode } from './exit-codes.ts';
import type { InboxOptions, InboxTask } from './inbox.ts';
import { history, type HistoryOptions } from './history.ts';
import { plan, type PlanOptions } from './plan.ts';
import { showHidden, toJson, type Terminal } from './terminal.ts';
import type { TuneOptions } from './tune.ts';
import { validate } from './validate.ts';
import type { RepositoryOptions } from './with-clone.ts';

/**
 * The `lastgood` command. Answers the exit code instead of ending the process, so that tests can call it. With
 * `--json` standard output is one JSON document whatever happens; standard error always has the sentence.
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const program = createProgram(terminal, async (command) => {
    exit = await command;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exit;
  } catch (error) {
    return fail(error, args.includes('--json'), terminal);
  }
}

function createProgram(
  terminal: Terminal,
  run: (command: Promise<ExitCode>) => Promise<void>,
): Command {
  const program = new Command('lastgood')
    .description(
      'Reads policies, releases and rollbacks from a plain clone of a manifests repository.',
    )
    .version(readVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, '')),
      // Said by `fail`, once.
      writeErr: () => {},
      getOutHelpWidth: () => WIDTH,
      getErrHelpWidth: () => WIDTH,
    })
    .addHelpText('after', `\n${EXIT_CODES}`);
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--repo <folder>', 'the clone of the manifests repository', '.')
      .option('--policy <file>', "a policy file from anywhere, instead of the repository's own")
      .option('--at <commit>', 'as of that commit, with its time as now')
      .option('--json', 'machine-readable output');

  command('validate', 'check every policy file and every pin').action(
    (options: RepositoryOptions) => run(validate(options, terminal)),
  );
  command('history', 'list the releases of a target')
    .argument('<target>', 'environment/model, or the model where that is enough')
    .option('--limit <count>', 'how many releases at most', atLeastOne, 20)
    .action((target: string, options: HistoryOptions) => run(history(target, options, terminal)));
  command('plan', 'show what a rollback of a target would change')
    .argument('<target>', 'environment/model, or the model where that is enough')
    .option('--to <version>', 'the model version to go back to')
    .action((target: string, options: PlanOptions) => run(plan(target, options, terminal)));
  command('audit', 'report what was rolled back, and whether it is accounted for')
    .option('--since <when>', 'a day such as 2026-11-01, or how long ago, such as 90d')
    .option('--until <when>', 'the same; now unless given')
    .option('--target <name>', 'only environment/model, or a model')
    .addOption(
      new Option('--format <form>', 'how to write it').choices([...AUDIT_FORMATS]).default('table'),
    )
    .option('--verify', 'derive anew from git whether each rollback was allowed')
    .action((options: AuditOptions) => run(audit(options, terminal)));
  addBacktest(command, terminal, run);
  program
    .command('doctor')
    .description('check what the service needs: GitHub, rules, policies')
    .option('--json', 'machine-readable output')
    // What talks to GitHub is loaded for this command only: the others start faster without.
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor.ts');
      await run(doctor(options, terminal));
    });
  addInbox(program, terminal, run);
  return program;
}

function addBacktest(
  command: (name: string, description: string) => Command,
  terminal: Terminal,
  run: (command: Promise<ExitCode>) => Promise<void>,
): void {
  const replaying = (name: string, description: string): Command =>
    command(name, description)
      .option('--metrics <folder>', 'recorded metrics: files of CSV, JSON or OpenMetrics')
      .option('--prometheus <server>', 'a server by its name in the settings, or its address')
      .option('--from <when>', 'a day such as 2026-11-01, or how long ago, such as 30d')
      .option('--to <when>', 'the same')
      .option('--step <length>', 'how far apart to ask a server for samples')
      .option('--incidents <file>', 'when it was really bad, as CSV')
      .option('--html <file>', 'writes a page with plots');
  replaying('backtest', 'replay what was recorded against the policy of a target')
    .argument('<targets...>', 'environment/model, or the model where that is enough')
    .option('--alerts <path>', "recorded alerts, instead of the journal's: JSON lines")
    .option('--no-alerts', 'leave out the alerts of the journal')
    .option('--against <file>', 'another policy file to compare with')
    .option('--record', 'write the record that a policy may demand into the clone')
    .action(async (targets: readonly string[], options: BacktestOptions) => {
      const { backtest } = await import('./backtest.ts');
      await run(backtest(targets, options, terminal));
    });
  replaying('tune', 'propose a bound of a monitor for a wanted rate of false rollbacks')
    .argument('<target>', 'environment/model, or the model where that is enough')
    .requiredOption('--monitor <name>', 'whose bound')
    .option('--false-per-30-days <count>', 'at most so many false rollbacks', aRate, 1)
    .action(async (target: string, options: TuneOptions) => {
      const { tune } = await import('./tune.ts');
      await run(tune(target, options, terminal));
    });
}

function addInbox(
  program: Command,
  terminal: Terminal,
  run: (command: Promise<ExitCode>) => Promise<void>,
): void {
  const act = async (task: InboxTask, options: InboxOptions): Promise<void> => {
    const { inbox } = await import('./inbox.ts');
    await run(inbox(task, options, terminal));
  };
  const command = program
    .command('inbox')
    .description('look at what waits in the service, and see to what it gave up');
  const verb = (name: string, description: string, isDefault = false): Command =>
    command
      .command(name, { isDefault })
      .description(description)
      .option('--json', 'machine-readable output');
  verb('list', 'what waits and what was given up, lane by lane', true).action(
    (options: InboxOptions) => act({ do: 'list' }, options),
  );
  verb('show', 'one item, with its payload')
    .argument('<id>', 'the number of the item', atLeastOne)
    .action((id: number, options: InboxOptions) => act({ do: 'show', id }, options));
  verb('replay', 'put what was given up back into its lane')
    .argument('[id]', 'the number of the item', atLeastOne)
    .option('--all', 'everything that was given up')
    .action((id: number | undefined, options: InboxOptions & { readonly all?: boolean }) => {
      if ((id === undefined) !== (options.all === true)) {
        throw new InvalidArgumentError('Give the number of an item, or --all.');
      }
      return act(id === undefined ? { do: 'replay-all' } : { do: 'replay', id }, options);
    });
  verb('drop', 'delete for good what was given up')
    .argument('<id>', 'the number of the item', atLeastOne)
    .requiredOption('--reason <text>', 'why, for the log', reasonOf)
    .action((id: number, options: InboxOptions & { readonly reason: string }) =>
      act({ do: 'drop', id, reason: options.reason }, options),
    );
}

function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason.length >= 1 && reason.length <= 500) return reason;
  throw new InvalidArgumentError('Expected 1 to 500 characters.');
}

const WIDTH = 100;

const EXIT_CODES = `Exit codes:
  0  done, and nothing is wrong
  1  the answer is no: mistakes in policies, nothing to go back to, no release to list, problems
  2  not understood: an unknown command, option, target or commit, settings with mistakes
  3  the repository or a file cannot be read, or GitHub cannot be reached`;

/** Says why a command ended early; nothing where it was asked for help. */
function fail(error: unknown, json: boolean, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
  const { exit, message, problems } = explain(error);
  terminal.error(showHidden(message));
  if (json) terminal.out(toJson({ error: { exit, message, problems } }));
  return exit;
}

function explain(error: unknown): Pick<CommandFailed, 'exit' | 'message' | 'problems'> {
  if (error instanceof CommandFailed) return error;
  if (!(error instanceof CommanderError)) throw error;
  const what =
    error.code === 'commander.help' ? 'No command is given' : error.message.replace(/^error: /, '');
  const message = `${what.replace(/\.$/, '')}. \`lastgood --help\` lists commands and options.`;
  return { exit: EXIT.usage, message, problems: [] };
}

function aRate(text: string): number {
  const rate = Number(text);
  if (text.trim() !== '' && Number.isFinite(rate) && rate >= 0) return rate;
  throw new InvalidArgumentError('Expected a number from 0, such as 0.5.');
}

function atLeastOne(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}

/** From package.json: two steps up from `src/cli/` and, compiled, from `dist/cli/`. */
function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}
