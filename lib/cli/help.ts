import type { Command } from 'commander';
import { nearest } from '../text/nearest.ts';

/** A `help` that reports unknown commands; commander's own shows the general help instead. */
export function helping(program: Command): void {
  const command = program
    .helpCommand(false)
    .command('help')
    .description('display help for command')
    .argument('[command...]')
    .action((names: string[]) => commandNamed(names, program).help());
  command.helpOption(false);
}

function commandNamed(names: readonly string[], program: Command): Command {
  let at = program;
  for (const name of names) {
    const known = at.commands.map((one) => one.name());
    const found = at.commands.find((one) => one.name() === name);
    if (found === undefined) return at.error(`error: unknown command '${name}'\n(${suggestion(name, known)})`);
    at = found;
  }
  return at;
}

function suggestion(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return known.length === 0 ? 'It has no commands of its own.' : `There is ${known.join(', ')}.`;
}

/** Text below the options, no wider than they are. */
export function wrapped(text: string): (context: { command: Command }) => string {
  return ({ command }) => command.createHelp().boxWrap(text, process.stdout.columns ?? 80);
}
