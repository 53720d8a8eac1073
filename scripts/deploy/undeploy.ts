/** `npm run undeploy`: takes a stage away, unless runs are still at work, and says what stays. */

import { bucketOf } from './artifacts.ts';
import { awsIn } from './aws.ts';
import { identity } from './checks.ts';
import { namesOf, runningExecutions } from './executions.ts';
import { Refusal } from './refusal.ts';
import type { Stage } from './settings.ts';
import { deadLetterCount } from './smoke.ts';
import { deleteStack, resourcesOf, stackNameOf, stackState } from './stack.ts';
import { agrees, say, type Terminal, tick } from './terminal.ts';

export interface UndeployOptions {
  stage: Stage;
  account: string | undefined;
  yes: boolean;
}

/** Returns the exit code. Throws a Refusal where something has to be done first. */
export async function undeploy({ stage, account, yes }: UndeployOptions, terminal: Terminal): Promise<number> {
  const aws = awsIn(stage.settings.region, terminal.env);
  const name = stackNameOf(stage.name);
  const who = await identity(stage, account, aws);
  say(terminal, `stage ${stage.name}: stack ${name} in account ${who.account}, region ${aws.region}, as ${who.arn}`);
  if (stage.account === undefined && account === undefined && yes)
    throw new Refusal(['with --yes the account has to be named: give --account, or write it for the stage']);
  const state = await stackState(name, aws);
  if (state.kind === 'busy')
    throw new Refusal([
      `stack ${name} is at work (${state.status}); wait until it is done, then run the command again`,
    ]);
  if (state.kind === 'absent') {
    say(terminal, 'there is no such stack, so nothing is to be taken away');
    return 0;
  }
  await nothingRuns(name, aws);
  tick(terminal, 'runs', 'none is at work or waits');
  const resources = await resourcesOf(name, aws);
  const left = await deadLetterCount(resources.get('DeadLetters'), aws);
  if (left > 0) say(terminal, `  ${left} requests in the dead-letter queue are lost with it.`);
  const question = `Take stage ${stage.name} away? Its schedules, functions, addresses and alarms go.`;
  if (!(await agrees(question, yes, terminal))) {
    say(terminal, 'nothing was changed');
    return 1;
  }
  // A schedule may have started one while somebody read the question.
  await nothingRuns(name, aws);
  try {
    await deleteStack(name, aws, terminal);
  } catch (error) {
    if (terminal.signal.aborted)
      say(terminal, `CloudFormation goes on deleting stack ${name}; run the command again to see how it ended`);
    throw error;
  }
  say(terminal, `stage ${stage.name} is gone. What stays, and what would delete it:`);
  const at = `--region ${aws.region}`;
  tick(
    terminal,
    'table',
    `${name}, with holds and audit; the next deployment adopts it. It is protected: aws dynamodb update-table --no-deletion-protection-enabled --table-name ${name} ${at}, then aws dynamodb delete-table --table-name ${name} ${at}`,
  );
  tick(
    terminal,
    'logs',
    `/aws/lambda/${name}-* and /aws/http-api/${name}, for 90 days from when they were written; aws logs delete-log-group --log-group-name NAME ${at}`,
  );
  tick(
    terminal,
    'secrets',
    `those that stages.yml and policies.yml name; aws secretsmanager delete-secret --secret-id NAME ${at}`,
  );
  tick(
    terminal,
    'packages',
    `in bucket ${bucketOf(who.account, aws.region)}, which all stages share; aws s3 rb --force s3://${bucketOf(who.account, aws.region)} ${at}`,
  );
  return 0;
}

async function nothingRuns(name: string, aws: ReturnType<typeof awsIn>): Promise<void> {
  const running = await runningExecutions(name, aws);
  if (running.length === 0) return;
  throw new Refusal([
    `${running.length} runs have not ended (${namesOf(running)}), and would be stranded with servers stopped or protection lifted; cancel them or wait, then undeploy. \`AWS_REGION=${aws.region} BANAP_TABLE=${name} npm run -s banap -- pause --reason undeploying\` keeps further ones from acting`,
  ]);
}
