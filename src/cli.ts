#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { RepositoryOptions, Terminal } from './cli/context.ts';
import { CommandFailed, EXIT, type ExitCode } from './cli/exit-codes.ts';
import { history, type HistoryOptions } from './cli/history.ts';
import { plan, type PlanOptions } from './cli/plan.ts';
import { validate } from './cli/validate.ts';

/** The `lastgood` command. Answers the exit code instead of ending the process, so that tests can call it. */
export async function runCli(
  args: readonly string[],
  terminal: Terminal & { readonly error: (text: string) => void },
): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const program = new Command('lastgood')
    .description(
      'Reads policies, releases and rollbacks from a plain clone of a manifests repository.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.error(text.trimEnd()),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 fine; 1 problems found, or nothing to go back to; 2 not understood; 3 cannot be read.',
    );
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--repo <folder>', 'the clone of the manifests repository', '.')
      .option('--policy <file>', "a policy file from anywhere, instead of the repository's own")
      .option('--at <commit>', 'as of that commit')
      .option('--json', 'machine-readable output');

  command('validate', 'check every policy file and every pin').action(
    async (options: RepositoryOptions) => {
      exit = await validate(options, terminal);
    },
  );
  command('history', 'list the releases of a target')
    .argument('<target>', 'environment/model, or the model where that is enough')
    .option('--limit <count>', 'how many releases at most', atLeastOne, 20)
    .action(async (target: string, options: HistoryOptions) => {
      exit = await history(target, options, terminal);
    });
  command('plan', 'show what a rollback of a target would change')
    .argument('<target>', 'environment/model, or the model where that is enough')
    .option('--to <version>', 'the model version to go back to')
    .action(async (target: string, options: PlanOptions) => {
      exit = await plan(target, options, terminal);
    });

  try {
    await program.parseAsync(args, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof CommandFailed)) throw error;
    terminal.error(error.message);
    return error.exit;
  }
}

function atLeastOne(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}

if (import.meta.main) {
  process.exitCode = await runCli(process.argv.slice(2), {
    out: (text) => console.log(text),
    error: (text) => console.error(text),
    now: Date.now(),
  });
}
