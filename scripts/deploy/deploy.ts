/** `npm run deploy`: look at everything first, show what a change set would change, ask, and do it. */

import { GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { policiesIn } from '../../lib/cli/policies-file.ts';
import { systemClock } from '../../lib/clock.ts';
import { codeOf } from '../../lib/errors.ts';
import { compilePolicies, readCompiled } from '../../lib/policies/load.ts';
import type { Policies } from '../../lib/policies/schema.ts';
import { dynamoStore } from '../../lib/store/named-store.ts';
import { RequestError } from '../../lib/termination/request.ts';
import { bucket, bucketOf, upload, uploadTemplate } from './artifacts.ts';
import { type Aws, awsIn } from './aws.ts';
import * as checks from './checks.ts';
import { namesOf, runningExecutions } from './executions.ts';
import type { Pack } from './package.ts';
import { Refusal } from './refusal.ts';
import type { SettingName, Stage } from './settings.ts';
import { smoke } from './smoke.ts';
import {
  type ChangeSet,
  changeSet,
  changesInWords,
  deleteStack,
  dropChangeSet,
  execute,
  goneIn,
  resourcesOf,
  stackNameOf,
  stackState,
} from './stack.ts';
import { agrees, say, type Terminal, tick } from './terminal.ts';

export interface DeployOptions {
  stage: Stage;
  account: string | undefined;
  drop: readonly SettingName[];
  dryRun: boolean;
  yes: boolean;
  policiesFile: string;
}

/** Returns the exit code. Throws a Refusal where something has to be done first. */
export async function deploy(options: DeployOptions, pack: Pack, terminal: Terminal): Promise<number> {
  const { stage, dryRun } = options;
  const policies = await checkedPolicies(options.policiesFile);
  const aws = awsIn(stage.settings.region, terminal.env);
  const name = stackNameOf(stage.name);
  const who = await checks.identity(stage, options.account, aws);
  say(terminal, `stage ${stage.name}: stack ${name} in account ${who.account}, region ${aws.region}, as ${who.arn}`);
  mustNameAccount(options);
  const state = await stackState(name, aws);
  if (state.kind === 'busy')
    throw new Refusal([
      `stack ${name} is at work (${state.status}); wait until it is done, then run the command again`,
    ]);
  const { params, isNew } = await check({ options, policies, who, state, name }, aws, terminal);

  const artifactBucket = bucketOf(who.account, aws.region);
  tick(terminal, 'build', 'functions, policies and template');
  const packaged = await pack(stage.name, { ...params, artifactBucket }, terminal.signal);
  if (state.kind === 'failed') await clearAway(name, state.status, options, aws, terminal);
  await bucket(artifactBucket, who.account, aws, terminal);
  const stamp = new Date(systemClock.now()).toISOString().replaceAll(/[-:.]/g, '');
  const key = `${stage.name}/template-${stamp}.json`;
  const templateUrl = await uploadTemplate(artifactBucket, { key, template: packaged.template }, aws);
  if (!dryRun) await upload(artifactBucket, packaged, aws, terminal);

  const set = await changeSet(
    { stack: name, name: `deploy-${stamp}`, type: isNew ? 'CREATE' : 'UPDATE', templateUrl, stage: stage.name },
    aws,
    terminal,
  );
  if (set === undefined) tick(terminal, 'change set', 'nothing would change');
  else if (!(await carriedOut(set, options, aws, terminal))) return dryRun ? 0 : 1;
  if (dryRun) return 0;

  const deployed = await stackState(name, aws);
  if (deployed.kind === 'there') tick(terminal, 'address', deployed.outputs.get('PublicUrl') ?? 'none');
  await publish(name, policies, aws, terminal);
  return smoke({ stage, policies: Object.keys(policies.policies), crash: isNew, isNew }, aws, terminal);
}

async function checkedPolicies(file: string): Promise<Policies> {
  try {
    return await policiesIn(file, systemClock.now());
  } catch (error) {
    if (error instanceof RequestError) throw new Refusal(error.problems);
    throw error;
  }
}

/** Where nobody is asked, it has to be written somewhere that this account is meant. */
function mustNameAccount({ stage, account, yes, dryRun }: DeployOptions): void {
  if (stage.account !== undefined || account !== undefined || !yes || dryRun) return;
  throw new Refusal([
    `with --yes the account has to be named: write \`account: '111122223333'\` for stage ${stage.name}, or give --account`,
  ]);
}

interface Looked {
  options: DeployOptions;
  policies: Policies;
  who: checks.Identity;
  state: Awaited<ReturnType<typeof stackState>>;
  name: string;
}

/** Every check, then all problems at once. */
async function check(
  { options, policies, who, state, name }: Looked,
  aws: Aws,
  terminal: Terminal,
): Promise<{ params: Record<SettingName, string>; isNew: boolean }> {
  const { stage, drop } = options;
  const isThere = state.kind === 'there';
  const resources = isThere ? await resourcesOf(name, aws) : new Map<string, string>();
  const settings = checks.dropped(stage, isThere ? state.settings : undefined, drop);
  if (isThere && state.settings === undefined)
    settings.text = 'not known what is deployed: compare the changes below with what you gave then';
  const named = checks.secretsOf(stage, policies);
  const [secrets, concurrency, durable, table, permissions] = await Promise.all([
    checks.secrets(named, aws),
    checks.concurrency(stage, await reservedNow(name, aws), aws),
    checks.durable(name, aws),
    checks.table(name, resources.get('Store'), aws),
    checks.permissions(who, { stage, secretIds: named.map(({ id }) => id) }, aws),
  ]);
  const found: Record<string, checks.Found> = { settings, secrets, concurrency, durable, table };
  const problems = Object.values(found).flatMap((one) => one.problems);
  for (const [what, { text, problems: own }] of Object.entries(found))
    tick(terminal, what, own.length === 0 ? text : 'NO, see below');
  tick(terminal, 'permissions', permissions);
  if (problems.length > 0) throw new Refusal(problems);
  const params = { ...stage.settings, reservedConcurrency: concurrency.value };
  return { params, isNew: !isThere };
}

async function reservedNow(name: string, { lambda }: Aws): Promise<number> {
  try {
    const answer = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: `${name}-terminate` }));
    return answer.ReservedConcurrentExecutions ?? 0;
  } catch (error) {
    // It may not be there yet; and who may not ask counts on less than there is.
    if (['ResourceNotFoundException', 'AccessDeniedException'].includes(codeOf(error))) return 0;
    throw error;
  }
}

/** What is left of a first deployment that failed; nothing ever ran in it. */
async function clearAway(
  name: string,
  status: string,
  { yes, dryRun }: DeployOptions,
  aws: Aws,
  terminal: Terminal,
): Promise<void> {
  if (dryRun)
    throw new Refusal([
      `stack ${name} was never made whole (${status}), and no change set can be made of it; deploy without --dry-run, which deletes it first and keeps its table`,
    ]);
  say(
    terminal,
    `stack ${name} was never made whole (${status}): its remains are deleted first, all but the table and the logs.`,
  );
  if (!(await agrees('Delete them?', yes, terminal))) throw new Refusal(['nothing was changed']);
  await deleteStack(name, aws, terminal);
}

/** Shows what a change set changes, and executes it if somebody agrees. False: it was not executed, and is gone. */
async function carriedOut(
  set: ChangeSet,
  { stage, dryRun, yes }: DeployOptions,
  aws: Aws,
  terminal: Terminal,
): Promise<boolean> {
  let isExecuting = false;
  try {
    say(terminal, `change set ${set.name}:`);
    for (const line of changesInWords(set.changes)) say(terminal, line);
    await mustKeep(set, aws);
    if (dryRun || !(await agrees(`Deploy stage ${stage.name}?`, yes, terminal))) {
      await dropChangeSet(set, aws, terminal);
      return false;
    }
    terminal.signal.throwIfAborted();
    isExecuting = true;
    await execute(set, aws, terminal);
    tick(terminal, 'stack', `${set.stack} is deployed`);
    return true;
  } catch (error) {
    if (!isExecuting) await dropChangeSet(set, aws, terminal);
    else if (terminal.signal.aborted)
      say(
        terminal,
        `change set ${set.name} is being executed, and CloudFormation goes on with it; run the command again when stack ${set.stack} is done`,
      );
    throw error;
  }
}

/** The table is never lost, nor the function below runs that still wait. */
async function mustKeep(set: ChangeSet, aws: Aws): Promise<void> {
  const gone = goneIn(set.changes);
  if (gone.includes('Store'))
    throw new Refusal([
      'this would take the table out of the stack, or replace it; keep `Store` in serverless.yml as it was',
    ]);
  if (!gone.includes('TerminateLambdaFunction')) return;
  const running = await runningExecutions(set.stack, aws);
  if (running.length > 0)
    throw new Refusal([
      `this would replace the function that terminates, and strand ${running.length} runs that have not ended (${namesOf(running)}); wait for them or cancel them first`,
    ]);
}

/** Waiting runs obey what the new policies refuse. */
async function publish(tableName: string, policies: Policies, aws: Aws, terminal: Terminal): Promise<void> {
  const compiled = readCompiled(compilePolicies(policies, new Date(systemClock.now()).toISOString()));
  const store = dynamoStore({ table: tableName, clock: systemClock, client: aws.dynamoDb });
  await store.publish(compiled.policies, systemClock.now(), { force: true });
  tick(terminal, 'policies', `${Object.keys(policies.policies).join(', ')} published to waiting runs`);
}
