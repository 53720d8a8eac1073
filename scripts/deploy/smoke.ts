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

async function probed(
  stack: string,
  { stage, policies, crash }: SmokeOptions,
  aws: Aws,
  terminal: Terminal,
): Promise<string[]> {
  const order: Probe = { policies: policies.slice(0, 20), sleepSeconds: SLEEP_SECONDS, crash };
  const stamp = new Date(systemClock.now()).toISOString().replaceAll(/[-:.]/g, '');
  const executionName = executionNameIn(stage.name, `probe-${stamp}`);
  const { executionArn } = await startExecution({
    client: aws.lambda,
    functionName: `${stack}-terminate:durable`,
    name: executionName,
    payload: { probe: order },
  }).catch((error: unknown) => {
    throw new Refusal([`the probe did not start: ${messageOf(error)}`]);
  });
  tick(terminal, 'probe', `execution ${executionName} was started; it cannot act on a server`);
  const ended = await untilEnded(executionArn, aws, terminal);
  const logs = `the log group /aws/lambda/${stack}-terminate says more`;
  if (ended === undefined)
    return [`the probe ${executionName} did not end within ${PATIENCE_SECONDS} seconds; ${logs}`];
  const answer = answerSchema.safeParse(jsonOf(ended.Result));
  if (ended.Status !== 'SUCCEEDED' || !answer.success)
    return [
      `the probe ended as ${ended.Status ?? 'unknown'}: ${ended.Error?.ErrorMessage ?? 'without an answer'}; ${logs}`,
    ];
  const { looks, sleptSeconds, crashed } = answer.data;
  const problems: string[] = [];
  for (const { policy, regionHolds, selected, wouldEnd, refusedBy, unread } of looks) {
    if (unread !== '') problems.push(`policy ${policy}: ${unread}; check the keys and permissions of its account`);
    const outcome = refusedBy === '' ? `would end ${wouldEnd}` : `is refused whole by ${refusedBy}`;
    tick(
      terminal,
      'plan',
      unread === '' ? `${policy}: of ${regionHolds} servers selects ${selected}, ${outcome}` : `${policy}: NOT READ`,
    );
  }
  const isWoken = sleptSeconds < SLEEP_SECONDS;
  tick(terminal, 'wake-up', `slept ${sleptSeconds} s, and ${isWoken ? 'was woken' : 'woke up by itself'}`);
  if (!isWoken)
    problems.push(
      `nobody woke the probe within ${SLEEP_SECONDS} seconds, so clicks and messages would reach waiting runs late; ${logs}`,
    );
  if (!crash) tick(terminal, 'crash', 'not tried; npm run smoke does');
  else {
    tick(
      terminal,
      'crash',
      crashed ? 'its process was ended once, and another went on; the alarm on errors follows' : 'NOT SEEN',
    );
    if (!crashed) problems.push(`the probe was to crash once, and did not; ${logs}`);
  }
  return problems;
}

function jsonOf(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Wakes it as soon as it sleeps. Undefined: it goes on for too long. */
async function untilEnded(
  arn: string,
  aws: Aws,
  { signal, pollMs }: Terminal,
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
