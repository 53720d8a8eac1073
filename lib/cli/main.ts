/** The command line. Every command is a thin layer over the library; `npm run -s banap -- help` lists them. */

import { Command, InvalidArgumentError, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { SecretError } from '../aws/secret-error.ts';
import { ConfigError } from '../ncloud/config.ts';
import { simulateCommand } from '../simulator/cli.ts';
import { RequestError } from '../termination/request.ts';
import { interruption } from './interruption.ts';
import { type Io, planCommand, type TerminateOptions, terminateCommand } from './terminate.ts';

const program = new Command('banap')
  .description(`${manifest.description}\nKeys: NCLOUD_ACCESS_KEY and NCLOUD_SECRET_KEY, or ~/.ncloud/configure.`)
  .version(manifest.version)
  .showSuggestionAfterError()
  .showHelpAfterError('(--help shows the options)');

selecting(program.command('plan'), planCommand).description(
  'show what terminating these servers would do; does nothing',
);

selecting(program.command('terminate'), terminateCommand)
  .description('terminate servers; shows the plan first, and acts on "yes" at a terminal or with --yes')
  .option('--yes', 'act without asking')
  .addHelpText('after', '\nExit: 0 all gone, 2 some refused, 3 unfinished or not confirmed, 1 an error.');

program
  .command('simulate')
  .description('run a simulated NCP on loopback until Ctrl-C; prints one JSON line when ready')
  .option('--port <number>', 'TCP port; 0 takes a free one', port, 0)
  .option('--fleet <file>', 'fleet file (JSON); a sample fleet without it')
  .option('--access-key <key>', 'the access key to accept')
  .option('--secret-key <key>', 'the secret key to accept; only for this simulator')
  .option('--speed <number>', 'simulated seconds per real second; 0 stands still until told', notNegative, 1)
  .option('--seed <number>', 'seed for everything that is left to chance', notNegative, 1)
  .option('--faults <spec>', 'ACTION:KIND:HOW_OFTEN, comma-separated, as in terminateServerInstances:cut-after:1')
  .action(async (options: Parameters<typeof simulateCommand>[0]) => {
    process.exitCode = await simulateCommand(options, process);
  });

function selecting(command: Command, run: (options: TerminateOptions, io: Io) => Promise<number>): Command {
  return command
    .option('--server <no...>', 'server numbers')
    .option('--name <glob...>', 'server names; * and ? stand for anything (quote them)')
    .addOption(new Option('--environment <name>', 'NCP platform').choices(['classic', 'vpc']).default('vpc'))
    .option('--region <code>', 'region code (default: NCLOUD_REGION, or KR)')
    .addOption(
      new Option('--storage <policy>', 'additional block storage')
        .choices(['refuse', 'detach', 'delete'])
        .default('refuse'),
    )
    .addOption(new Option('--public-ip <policy>', 'public IPs afterwards').choices(['keep', 'release']).default('keep'))
    .option('--override-protection', 'lift termination protection, just before the act', false)
    .option('--max-servers <n>', 'refuse the whole plan above this many servers', positive, 10)
    .option('--max-percent <n>', 'refuse the whole plan above this share of what the region holds', positive, 20)
    .option('--deadline <minutes>', 'report what is not gone by then as unfinished', positive, 60)
    .option('--poll-seconds <n>', 'seconds between looks, at least 1', positive, 5)
    .option('--reason <text>', 'why; stands in the report')
    .option('--json', 'one report on standard output, nothing else', false)
    .action((options: TerminateOptions) => exiting((io) => run(options, io)));
}

async function exiting(run: (io: Io) => Promise<number>): Promise<void> {
  const { signal, forget } = interruption(process.stderr);
  const { env, stdin, stdout, stderr } = process;
  try {
    process.exitCode = await run({ env, stdin, stdout, stderr, signal });
  } catch (error) {
    if (!isExplained(error)) throw error;
    stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } finally {
    forget();
  }
}

/** Bad input and settings, whose message says it all. Anything else is a bug and keeps its stack. */
function isExplained(error: unknown): error is Error {
  return error instanceof RequestError || error instanceof ConfigError || error instanceof SecretError;
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && value < 65_536) return value;
  throw new InvalidArgumentError('expected a port from 0 to 65535, for example 18080');
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a number above 0');
}

function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('expected a number from 0');
}

await program.parseAsync();
