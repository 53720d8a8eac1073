/** What the three commands have in common: their options, Ctrl-C, and one sentence for each thing that is wrong. */

import { Command } from 'commander';
import { messageOf } from '../../lib/errors.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';
import { RequestError } from '../../lib/termination/request.ts';
import { nearest } from '../../lib/text/nearest.ts';
import { Refusal } from './refusal.ts';
import { SETTING_NAMES, type SettingName, type Stage } from './settings.ts';
import { accountSchema, STAGES_FILE, stageIn } from './stages.ts';
import { Interrupted, type Terminal } from './terminal.ts';

export interface CommonOptions {
  stage: string;
  account?: string;
  stages: string;
  yes?: boolean;
}

export function stageCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--stage <name>', `a stage of ${STAGES_FILE}`)
    .option('--account <digits>', 'the AWS account that this is meant for; it overrides the one of the stage')
    .option('--stages <file>', 'the file of stages', STAGES_FILE)
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows the options)')
    .addHelpText('after', "\nCredentials: AWS's usual ones (AWS_PROFILE, aws sso login, AWS_ACCESS_KEY_ID, a role).");
}

/** Throws a Refusal. */
export function stageOf({ stage, account, stages }: CommonOptions): { stage: Stage; account: string | undefined } {
  if (account !== undefined && !accountSchema.safeParse(account).success)
    throw new Refusal([`--account ${account} is no AWS account; expected 12 digits, for example 111122223333`]);
  return { stage: stageIn(stages, stage), account };
}

/** Throws a Refusal. */
export function settingNames(given: readonly string[]): SettingName[] {
  return given.map((one) => {
    const name = SETTING_NAMES.find((known) => known === one);
    if (name !== undefined) return name;
    const meant = nearest(one, SETTING_NAMES);
    throw new Refusal([
      `--drop ${one}: there is no such setting; ${meant === undefined ? `expected one of ${SETTING_NAMES.join(', ')}` : `did you mean ${meant}?`}`,
    ]);
  });
}

const POLL_MS = 3_000;

/** Sets the exit code. The first Ctrl-C ends what can be ended and says how things stand, the second ends the process. */
export async function running(work: (terminal: Terminal) => Promise<number>): Promise<void> {
  const { env, stdin, stdout, stderr } = process;
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    stderr.write('\nending; again to end at once\n');
    controller.abort(new Interrupted());
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    process.exitCode = await work({ env, stdin, stdout, signal: controller.signal, pollMs: POLL_MS });
  } catch (error) {
    process.exitCode = controller.signal.aborted ? 130 : 1;
    for (const line of linesOf(error, controller.signal.aborted)) stderr.write(`${line}\n`);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

function linesOf(error: unknown, isEnding: boolean): readonly string[] {
  if (isEnding) return ['ended'];
  if (error instanceof Refusal || error instanceof RequestError) return error.problems;
  if (error instanceof StoreError) return [`the policies were not published: ${error.message}; run the command again`];
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return [
    `AWS or this command failed in a way that is not known: ${messageOf(error)}; it is safe to run it again`,
    stack,
  ];
}
