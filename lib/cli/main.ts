/** The command line. Every command is a thin layer over the library; `npm run -s banap -- help` lists them. */

import { Command, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { SecretError } from '../aws/secret-error.ts';
import { ConfigError } from '../ncloud/config.ts';
import { PoliciesError } from '../policies/load.ts';
import { FORMAT_NAMES, type FormatName } from '../reports/formats/names.ts';
import { simulateCommand } from '../simulator/cli.ts';
import { guessesInWords } from '../simulator/guesses.ts';
import { sites } from '../simulator/regions.ts';
import { CloudError } from '../termination/ports/cloud.ts';
import { StoreError } from '../termination/ports/store.ts';
import { RequestError } from '../termination/request.ts';
import { DEFAULT_TIMEZONE } from '../termination/rules.ts';
import type { TerminateOptions } from './asking.ts';
import { type AuditOptions, auditCommand } from './audit.ts';
import { completing } from './completion.ts';
import type { DoctorOptions } from './doctor.ts';
import { type DueOptions, dueCommand } from './due.ts';
import { explainCommand } from './explain.ts';
import { helping, wrapped } from './help.ts';
import { type HoldOptions, type HoldsOptions, holdCommand, holdsCommand, releaseCommand } from './holds.ts';
import { type InitOptions, initCommand } from './init.ts';
import { endOnSignal, interruption } from './interruption.ts';
import type { Io } from './io.ts';
import { notNegative, port, positive } from './numbers.ts';
import { type PauseOptions, pauseCommand, pausesCommand, resumeCommand } from './pauses.ts';
import { checkCommand, nextCommand, publishCommand } from './policies.ts';
import { POLICIES_FILE } from './policies-file.ts';
import { reportCommand } from './report.ts';
import { planCommand, terminateCommand } from './terminate.ts';

const program = new Command('banap')
  .description(`${manifest.description}\nKeys: NCLOUD_ACCESS_KEY and NCLOUD_SECRET_KEY, or ~/.ncloud/configure.`)
  .version(manifest.version)
  .showSuggestionAfterError()
  .showHelpAfterError('(--help shows the options)')
  // Without this, a narrow terminal cuts text at the end of the line instead of wrapping it.
  .configureHelp({ minWidthToWrap: 10 });

selecting(program.command('plan'), planCommand)
  .description('show what terminating these servers would do; does nothing')
  .option('--diff <id>', 'show what has changed since this plan was made');

selecting(program.command('terminate'), terminateCommand)
  .description('terminate servers; shows the plan first, and acts on "yes" at a terminal or with --yes')
  .option('--plan <id>', 'carry out this plan exactly, or say what differs')
  .option('--yes', 'act without asking')
  .option('--quiet', 'show no progress, only the result')
  .option('--html <file>', 'write the page of the run: servers, what was said, timeline')
  .addHelpText('after', wrapped('\nExit: 0 all gone, 2 some refused, 3 unfinished or not confirmed, 1 an error.'));

program
  .command('simulate')
  .description('run a simulated NCP on loopback until Ctrl-C; prints one JSON line when ready')
  .option('--port <number>', 'TCP port; 0 takes a free one', port, 0)
  .option('--fleet <file>', 'fleet file (JSON); a sample fleet without it')
  .option('--access-key <key>', 'the access key to accept')
  .option('--secret-key <key>', 'the secret key to accept; only for this simulator')
  .option(
    '--speed <number>',
    'simulated seconds per real second; 0 stops the clock until it is advanced',
    notNegative,
    1,
  )
  .option('--seed <number>', 'seed for everything that is left to chance', notNegative, 1)
  .option('--faults <spec>', 'ACTION:KIND:HOW_OFTEN, comma-separated, as in terminateServerInstances:cut-after:1')
  .addOption(new Option('--site <site>', 'whose cloud').choices(sites).default('public'))
  .option('--guess <name=value...>', 'what NCP leaves open, the other way')
  .addHelpText('after', wrapped(`\nGuesses, the usual value first:\n${guessesInWords()}`))
  .action(async (options: Parameters<typeof simulateCommand>[0]) => {
    endOnSignal();
    process.exitCode = await simulateCommand(options, process);
  });

const policies = program.command('policies').description('check policies, show when they run, publish them');

policies
  .command('check')
  .description('check a policies file, and show every problem with its line')
  .argument('[file]', 'policies file', POLICIES_FILE)
  .option('--json', 'print one JSON document on standard output', false)
  .action((file: string, { json }: { json: boolean }) => exiting((io) => checkCommand({ file, json }, io)));

policies
  .command('next')
  .description('show when each policy runs next, in its zone and in UTC, and what windows and holidays move')
  .argument('[file]', 'policies file', POLICIES_FILE)
  .option('--days <n>', 'how far to look', positive, 14)
  .option('--json', 'print one JSON document on standard output', false)
  .action((file: string, { days, json }: { days: number; json: boolean }) =>
    exiting((io) => nextCommand({ file, days, json }, io)),
  );

policies
  .command('publish')
  .description('publish the policies to waiting runs (BANAP_TABLE); part of every deployment')
  .argument('[file]', 'policies file', POLICIES_FILE)
  .action((file: string) => exiting((io) => publishCommand(file, io)));

program
  .command('due')
  .description('list the servers that tags will end, when, and tags that cannot be understood')
  .option('--policy <name>', 'where this policy looks')
  .option('--policies <file>', `policies file (default: ${POLICIES_FILE}, where there is one)`)
  .option('--account <name>', 'account of policies.yml')
  .addOption(new Option('--environment <name>', 'NCP platform (default: vpc)').choices(['classic', 'vpc']))
  .option('--region <code>', 'region code (default: NCLOUD_REGION, or KR)')
  .option('--json', 'print one JSON document on standard output', false)
  .addHelpText('after', wrapped('\nExit: 0, or 2 where a tag cannot be understood, 1 an error.'))
  .action((options: DueOptions) => exiting((io) => dueCommand(options, io)));

keeping('hold', 'leave servers alone, whoever requests them, until they are released')
  .option('--reason <text>', 'why; required')
  .option('--until <when>', 'RFC 3339, or a date, whose whole day is included')
  .option('--snooze <duration>', 'from now, for example 3d or 36h')
  .option('--timezone <name>', 'of a date', DEFAULT_TIMEZONE)
  .action((server: string[], options: Omit<HoldOptions, 'server'>) =>
    exiting((io) => holdCommand({ ...options, server }, io)),
  );

keeping('release', 'end holds').action((server: string[], options: Omit<HoldOptions, 'server'>) =>
  exiting((io) => releaseCommand({ ...options, server }, io)),
);

program
  .command('holds')
  .description('list the holds in force')
  .option('--account <name>', 'account of policies.yml', 'default')
  .option('--json', 'print one JSON document on standard output', false)
  .action((options: HoldsOptions) => exiting((io) => holdsCommand(options, io)));

pausing('pause', 'make every run wait before its next act, until it is resumed')
  .option('--reason <text>', 'why; required')
  .option('--until <when>', 'RFC 3339, or a date, whose whole day is included')
  .option('--timezone <name>', 'of a date', DEFAULT_TIMEZONE)
  .action((policy: string | undefined, options: PauseOptions) =>
    exiting((io) => pauseCommand({ ...options, ...(policy !== undefined && { policy }) }, io)),
  );

pausing('resume', 'end a pause').action((policy: string | undefined, options: PauseOptions) =>
  exiting((io) => resumeCommand({ ...options, ...(policy !== undefined && { policy }) }, io)),
);

program
  .command('pauses')
  .description('list what is paused')
  .option('--json', 'print one JSON document on standard output', false)
  .action((options: { json: boolean }) => exiting((io) => pausesCommand(options, io)));

program
  .command('audit')
  .description('list decisions and acts, including refusals')
  .option('--account <name>', 'account of policies.yml', 'default')
  .option('--days <n>', 'how far back, at most 400', positive, 1)
  .option('--server <no>', 'of one server')
  .option('--json', 'print one JSON document on standard output', false)
  .action((options: AuditOptions) => exiting((io) => auditCommand(options, io)));

function keeping(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('<server...>', 'server numbers')
    .option('--account <name>', 'account of policies.yml', 'default')
    .option('--by <name>', 'who (default: USER)');
}

function pausing(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('[policy]', 'a policy; without it and without --account, everything')
    .option('--account <name>', 'everything in this account of policies.yml')
    .option('--by <name>', 'who (default: USER)');
}

function selecting(command: Command, run: (options: TerminateOptions, io: Io) => Promise<number>): Command {
  return command
    .argument('[server...]', 'server numbers or names; * and ? in names stand for anything (quote them)')
    .option('--policy <name>', 'the servers that this policy selects, under its terms; --server and --name narrow it')
    .option('--policies <file>', `policies file (default: ${POLICIES_FILE}, where there is one)`)
    .option('--server <no...>', 'server numbers')
    .option('--name <glob...>', 'server names; * and ? stand for anything (quote them)')
    .option('--account <name>', 'account of policies.yml (default: default)')
    .addOption(new Option('--environment <name>', 'NCP platform (default: vpc)').choices(['classic', 'vpc']))
    .option('--region <code>', 'region code (default: NCLOUD_REGION, or KR)')
    .addOption(
      new Option('--storage <policy>', 'additional block storage (default: refuse)').choices([
        'refuse',
        'detach',
        'delete',
      ]),
    )
    .addOption(new Option('--public-ip <policy>', 'public IPs afterwards (default: keep)').choices(['keep', 'release']))
    .option('--override-protection', 'lift termination protection, just before the act')
    .option('--max-servers <n>', 'refuse the whole plan above this many servers (default: 10)', positive)
    .option('--max-percent <n>', 'refuse the whole plan above this share of the account (default: 20)', positive)
    .option('--deadline <minutes>', 'report servers that are still there by then as unfinished (default: 60)', positive)
    .option('--poll-seconds <n>', 'seconds between looks, at least 1', positive, 5)
    .option('--reason <text>', 'why; shown in the report')
    .option('--json', 'print one JSON report on standard output, nothing else', false)
    .action((servers: string[], options: TerminateOptions) => exiting((io) => run(withServers(servers, options), io)));
}

const isNumber = (one: string): boolean => /^[0-9]+$/.test(one);

/** What stands without a flag: digits are a number, as no name of NCP begins with one. */
function withServers(servers: readonly string[], options: TerminateOptions): TerminateOptions {
  if (servers.length === 0) return options;
  return {
    ...options,
    server: [...(options.server ?? []), ...servers.filter(isNumber)],
    name: [...(options.name ?? []), ...servers.filter((one) => !isNumber(one))],
  };
}

/** Below the options of every command: how one would use it. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  plan: ["banap plan 'dev-*'", 'banap plan --policy nightly-dev', 'banap plan --diff fd43a301fbf0d47a'],
  terminate: [
    'banap terminate dev-1 1003 --public-ip release',
    'banap terminate --plan fd43a301fbf0d47a',
    'banap terminate --policy nightly-dev --yes --json',
  ],
  simulate: ['banap simulate --port 18080 --speed 20'],
  check: ['banap policies check', 'banap policies check policies.yml --json'],
  next: ['banap policies next --days 30'],
  publish: ['BANAP_TABLE=banap-dev banap policies publish'],
  due: ['banap due', 'banap due --environment classic'],
  hold: ["banap hold 1001 --reason 'load test' --snooze 3d", 'banap hold 1001 1002 --reason demo --until 2026-12-31'],
  release: ['banap release 1001'],
  holds: ['banap holds --json'],
  pause: ["banap pause nightly-dev --reason 'release week' --until 2026-12-31", 'banap pause --reason incident'],
  resume: ['banap resume nightly-dev'],
  pauses: ['banap pauses'],
  audit: ['banap audit --days 7', 'banap audit --server 1001 --json'],
  report: ['banap report report.json --format slack'],
  doctor: ['banap doctor', 'banap doctor --account lab --save replies.json'],
  explain: ['banap explain 25022', 'banap explain held', 'banap explain window.from'],
  init: ['banap init', 'banap init --yes --file other.yml'],
};

function withExamples(command: Command): void {
  for (const each of command.commands) withExamples(each);
  const examples = EXAMPLES[command.name()];
  if (examples === undefined) return;
  command.addHelpText('after', () => `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
}

async function exiting(run: (io: Io) => Promise<number>): Promise<void> {
  const { signal, forget } = interruption(process.stderr);
  const { env, stdin, stdout, stderr } = process;
  try {
    process.exitCode = await run({ env, stdin, stdout, stderr, signal });
  } catch (error) {
    if (!isExplained(error)) throw error;
    stderr.write(`${error instanceof RequestError ? error.problems.join('\n') : error.message}\n`);
    process.exitCode = 1;
  } finally {
    forget();
  }
}

const EXPLAINED = [RequestError, ConfigError, SecretError, StoreError, CloudError, PoliciesError];

/** Bad input and settings, whose message is enough. Anything else is a bug and keeps its stack. */
function isExplained(error: unknown): error is Error {
  return EXPLAINED.some((known) => error instanceof known);
}

program
  .command('report')
  .description('show a report as a chat would get it')
  .argument('<file>', 'a JSON report, as "terminate --json" prints it')
  .addOption(new Option('--format <name>', 'of the receiver').choices(FORMAT_NAMES).default('slack'))
  .action((file: string, options: { format: FormatName }) => exiting((io) => reportCommand(file, options, io)));

program
  .command('doctor')
  .description('check keys, permissions, regions, tags, secrets, chats and what else banap needs; changes nothing')
  .option('--policies <file>', `policies file (default: ${POLICIES_FILE}, where there is one)`)
  .option('--account <name>', 'only this account of policies.yml')
  .option(
    '--save <file>',
    "write NCP's raw replies to a new file, with stand-ins for ids, names, addresses, tags and keys",
  )
  .option('--json', 'print one JSON document on standard output', false)
  .addHelpText('after', wrapped('\nExit: 0 nothing is wrong, 2 something is, 1 it could not look.'))
  .action(async (options: DoctorOptions) => {
    const { doctorCommand } = await import('./doctor.ts');
    await exiting((io) => doctorCommand(options, io));
  });

program
  .command('explain')
  .description('say what a return code of NCP, a guard or a key of policies.yml means, and what to do')
  .argument('[topic]', 'for example 25022, held or window.from; without it, what there is')
  .action((topic: string | undefined) => exiting((io) => Promise.resolve(explainCommand(topic, io))));

program
  .command('init')
  .description('write a policies.yml that only looks, from five answers')
  .option('--file <file>', 'where to write it', POLICIES_FILE)
  .option('--yes', 'take every answer that is offered')
  .action((options: InitOptions) => exiting((io) => initCommand(options, io)));

helping(policies);
helping(program);
withExamples(program);
completing(program);
await program.parseAsync();
