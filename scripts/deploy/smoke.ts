/**
 * `npm run smoke`: whether a deployed stage works. It runs a probe, which cannot act on a server (`lib/triggers/probe.ts`), as a
 * durable execution of the real function, and looks at what is there to tell people.
 */

import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  type Event,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  type GetDurableExecutionResponse,
} from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { startExecution, wake } from '../../lib/aws/executions.ts';
import { systemClock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import { executionNameIn } from '../../lib/triggers/execution-name.ts';
import type { Probe } from '../../lib/triggers/probe.ts';
import { type Aws, saidOf } from './aws.ts';
import { Refusal } from './refusal.ts';
import type { Stage } from './settings.ts';
import { stackNameOf, stackState } from './stack.ts';
import { pause, say, type Terminal, tick } from './terminal.ts';

export interface SmokeOptions {
  stage: Pick<Stage, 'name' | 'settings'>;
  /** Policies whose plans are made. */
  policies: readonly string[];
  /** Ends the probe's process once. Lambda counts it as an error, which raises the alarm on errors. */
  crash: boolean;
  /** The mail that confirms alarms was only just sent. */
  isNew: boolean;
}

/** Seconds that the probe sleeps if nobody wakes it, and within which all of it has to be over. */
const SLEEP_SECONDS = 120;
const PATIENCE_SECONDS = 600;

/** Returns the exit code: 1 where something is not as it has to be. Says what it saw. */
export async function smoke(options: SmokeOptions, aws: Aws, terminal: Terminal): Promise<number> {
  const { stage } = options;
  const name = stackNameOf(stage.name);
  const state = await stackState(name, aws);
  if (state.kind !== 'there')
    throw new Refusal([
      `stage ${stage.name} is not deployed in ${aws.region} (stack ${name} is ${state.kind}); deploy it first`,
    ]);
  say(terminal, `smoke test of stage ${stage.name}:`);
  const problems = [
    ...(await probed(name, options, aws, terminal)),
    ...(await deadLetters(state.outputs.get('DeadLetters') ?? '', aws, terminal)),
    ...(await alarms(name, state.outputs.get('AlarmTopic') ?? '', options, aws, terminal)),
  ];
  for (const problem of problems) say(terminal, `NOT RIGHT: ${problem}`);
  say(
    terminal,
    problems.length === 0 ? `stage ${stage.name} works` : `stage ${stage.name}: ${problems.length} to look at`,
  );
  return problems.length === 0 ? 0 : 1;
}

/** As `ProbeAnswer` says. */
const answerSchema = z.object({
  looks: z.array(
    z.object({
      policy: z.string(),
      regionHolds: z.number(),
      selected: z.number(),
      wouldEnd: z.number(),
      refusedBy: z.string(),
      unread: z.string(),
    }),
  ),
  sleptSeconds: z.number(),
  crashed: z.boolean(),
});

/** A probe on its way, for whoever wants to see it go on after another deployment. Prints its ARN as the last line. */
export async function begin({ stage, policies }: SmokeOptions, aws: Aws, terminal: Terminal): Promise<number> {
  const { arn } = await started(
    stage.name,
    { policies: policies.slice(0, 20), sleepSeconds: 3_600, crash: false },
    aws,
  );
  const asleep = await untilEnded(arn, aws, terminal, 'asleep');
  if (asleep === undefined || asleep.Status !== 'RUNNING') {
    say(terminal, `NOT RIGHT: the probe does not sleep; ${logsOf(stackNameOf(stage.name))}`);
    return 1;
  }
  tick(terminal, 'probe', 'sleeps for up to an hour; --end with its ARN wakes it:');
  say(terminal, arn);
  return 0;
}

/** Wakes a probe that {@link begin} started, and says how it ended. */
export async function end(arn: string, { stage }: SmokeOptions, aws: Aws, terminal: Terminal): Promise<number> {
  const ended = await untilEnded(arn, aws, terminal, 'ended');
  const problems = seenBy(ended, { stack: stackNameOf(stage.name), sleepSeconds: 3_600, crash: false }, terminal);
  if (ended?.Version !== undefined) tick(terminal, 'version', `${ended.Version}, the one that it began with`);
  for (const problem of problems) say(terminal, `NOT RIGHT: ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

async function probed(
  stack: string,
  { stage, policies, crash }: SmokeOptions,
  aws: Aws,
  terminal: Terminal,
): Promise<string[]> {
  const order: Probe = { policies: policies.slice(0, 20), sleepSeconds: SLEEP_SECONDS, crash };
  const { arn, name } = await started(stage.name, order, aws);
  tick(terminal, 'probe', `execution ${name} was started; it cannot act on a server`);
  return seenBy(await untilEnded(arn, aws, terminal, 'ended'), { ...order, stack }, terminal);
}

async function started(stage: string, order: Probe, aws: Aws): Promise<{ arn: string; name: string }> {
  const stamp = new Date(systemClock.now()).toISOString().replaceAll(/[-:.]/g, '');
  const name = executionNameIn(stage, `probe-${stamp}`);
  const { executionArn } = await startExecution({
    client: aws.lambda,
    functionName: `${stackNameOf(stage)}-terminate:durable`,
    name,
    payload: { probe: order },
  }).catch((error: unknown) => {
    throw new Refusal([`the probe did not start: ${messageOf(error)}`]);
  });
  return { arn: executionArn, name };
}

function logsOf(stack: string): string {
  return `the log group /aws/lambda/${stack}-terminate says more`;
}

/** Says what the probe saw; returns what is not as it has to be. */
function seenBy(
  ended: GetDurableExecutionResponse | undefined,
  { stack, sleepSeconds, crash }: Pick<Probe, 'sleepSeconds' | 'crash'> & { stack: string },
  terminal: Terminal,
): string[] {
  const logs = logsOf(stack);
  if (ended === undefined) return [`the probe did not end within ${PATIENCE_SECONDS} seconds; ${logs}`];
  const answer = answerSchema.safeParse(jsonOf(ended.Result));
  if (ended.Status !== 'SUCCEEDED' || !answer.success) {
    const why = ended.Error?.ErrorMessage ?? 'without an answer';
    return [`the probe ended as ${ended.Status ?? 'unknown'}: ${why}; ${logs}`];
  }
  const { looks, sleptSeconds, crashed } = answer.data;
  const problems: string[] = [];
  for (const { policy, regionHolds, selected, wouldEnd, refusedBy, unread } of looks) {
    if (unread !== '') {
      const todo = 'check the keys of its account, and that what is deployed is what policies.yml says';
      problems.push(`policy ${policy}: ${unread}; ${todo}`);
    }
    const outcome = refusedBy === '' ? `would end ${wouldEnd}` : `is refused whole by ${refusedBy}`;
    const seen = `${policy}: of ${regionHolds} servers selects ${selected}, ${outcome}`;
    tick(terminal, 'plan', unread === '' ? seen : `${policy}: NOT READ`);
  }
  const isWoken = sleptSeconds < sleepSeconds;
  tick(terminal, 'wake-up', `slept ${sleptSeconds} s, and ${isWoken ? 'was woken' : 'woke up by itself'}`);
  if (!isWoken)
    problems.push(
      `nobody woke the probe within ${sleepSeconds} seconds, so clicks and messages would reach waiting runs late; ${logs}`,
    );
  if (!crash) {
    tick(terminal, 'crash', 'not tried; npm run smoke does');
    return problems;
  }
  const seen = 'its process was ended once, and another went on; the alarm on errors follows';
  tick(terminal, 'crash', crashed ? seen : 'NOT SEEN');
  return crashed ? problems : [...problems, `the probe was to crash once, and did not; ${logs}`];
}

function jsonOf(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Until it has `ended`, waking it as soon as it sleeps; or until it is `asleep`. Undefined: that takes too long. */
async function untilEnded(
  arn: string,
  aws: Aws,
  { signal, pollMs }: Terminal,
  until: 'asleep' | 'ended',
): Promise<GetDurableExecutionResponse | undefined> {
  const givenUpAt = systemClock.now() + PATIENCE_SECONDS * 1000;
  let isWoken = false;
  while (systemClock.now() < givenUpAt) {
    await pause(pollMs, signal);
    try {
      const execution = await aws.lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));
      if (execution.Status !== 'RUNNING') return execution;
      const wakeId = isWoken ? undefined : sleepingAs(await historyOf(arn, aws));
      if (wakeId === undefined) continue;
      if (until === 'asleep') return execution;
      await wake({ client: aws.lambda, wakeId });
      isWoken = true;
    } catch (error) {
      throw new Refusal([saidOf('the probe was started, but cannot be watched', error)]);
    }
  }
  return undefined;
}

async function historyOf(arn: string, { lambda }: Aws): Promise<Event[]> {
  const events: Event[] = [];
  for (let Marker: string | undefined, first = true; first || Marker !== undefined; first = false) {
    const page = await lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn, Marker }));
    events.push(...(page.Events ?? []));
    Marker = page.NextMarker;
  }
  return events;
}

/** What wakes it; undefined: it does not sleep yet, or no more. */
function sleepingAs(events: readonly Event[]): string | undefined {
  return events.findLast(({ CallbackStartedDetails }) => CallbackStartedDetails !== undefined)?.CallbackStartedDetails
    ?.CallbackId;
}

async function deadLetters(queueUrl: string, aws: Aws, terminal: Terminal): Promise<string[]> {
  const held = await deadLetterCount(queueUrl, aws);
  tick(terminal, 'dead letters', held === 0 ? 'none' : `${held} in ${queueUrl}`);
  return held === 0
    ? []
    : [
        `${held} requests were not served and wait in ${queueUrl}; read them, send again those that are still wanted, and purge the queue`,
      ];
}

export async function deadLetterCount(QueueUrl: string | undefined, { sqs }: Aws): Promise<number> {
  if (QueueUrl === undefined) return 0;
  const { Attributes = {} } = await sqs
    .send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    )
    .catch((error: unknown) => {
      throw new Refusal([saidOf('the dead-letter queue could not be looked at', error)]);
    });
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

async function alarms(
  stack: string,
  TopicArn: string,
  { stage, isNew }: SmokeOptions,
  aws: Aws,
  terminal: Terminal,
): Promise<string[]> {
  const { MetricAlarms = [] } = await aws.cloudWatch
    .send(new DescribeAlarmsCommand({ AlarmNamePrefix: `${stack}-`, MaxRecords: 100 }))
    .catch((error: unknown) => {
      throw new Refusal([saidOf('the alarms could not be looked at', error)]);
    });
  const ringing = MetricAlarms.filter(({ StateValue }) => StateValue === 'ALARM').map(
    ({ AlarmName }) => AlarmName ?? '',
  );
  tick(
    terminal,
    'alarms',
    `${MetricAlarms.length}, ${ringing.length === 0 ? 'none of them ringing' : `ringing: ${ringing.join(', ')}`}`,
  );
  const { alarmEmail } = stage.settings;
  if (alarmEmail === '') {
    tick(terminal, 'alarm mail', 'nobody is told: stages.yml gives no alarmEmail');
    return [];
  }
  const { Subscriptions = [] } = await aws.sns
    .send(new ListSubscriptionsByTopicCommand({ TopicArn }))
    .catch((error: unknown) => {
      throw new Refusal([saidOf('who is told of alarms could not be looked at', error)]);
    });
  const mine = Subscriptions.find(({ Endpoint }) => Endpoint === alarmEmail);
  const isConfirmed = mine?.SubscriptionArn?.startsWith('arn:') === true;
  tick(
    terminal,
    'alarm mail',
    isConfirmed
      ? `${alarmEmail}, confirmed`
      : `${alarmEmail} has NOT confirmed: the mail from AWS Notifications has the link`,
  );
  if (isConfirmed || isNew) return [];
  return [
    `alarms reach nobody until ${alarmEmail} confirms the subscription: open the mail from AWS Notifications, then run the smoke test again`,
  ];
}
