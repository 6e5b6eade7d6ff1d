#!/usr/bin/env node
import { runCli } from './cli/run-cli.ts';
import { showHidden } from './cli/terminal.ts';

/** What sysexits.h calls a defect in the program: none of the command's own answers. */
const DEFECT = 70;

// A reader that has enough, such as `head`, closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  process.exitCode = await runCli(process.argv.slice(2), {
    out: (text) => process.stdout.write(`${text}\n`),
    error: (text) => process.stderr.write(`${text}\n`),
    now: Date.now(),
    isInteractive: process.stdout.isTTY,
    ...(process.stderr.isTTY && { progress: (text) => process.stderr.write(`\r\u001b[K${text}`) }),
  });
} catch (error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${showHidden(text)}\n`);
  process.exitCode = DEFECT;
}
