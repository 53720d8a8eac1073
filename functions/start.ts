/**
 * The Lambda function that schedules and events call. It starts executions of the durable function, under names that
 * are the same for the same event: what comes twice is carried out once. It decides nothing.
 */

import { readFileSync } from 'node:fs';
import { default as middy } from '@middy/core'; // its types know no other export
import { startExecution } from '../lib/aws/executions.ts';
import { DynamoLedger } from '../lib/aws/ledger.ts';
import { logFailure } from '../lib/aws/log.ts';
import { messageOf } from '../lib/carry-out.ts';
import { systemClock } from '../lib/clock.ts';
import { ConfigError, type Environment } from '../lib/ncloud/config.ts';
import { type CompiledPolicies, readCompiled } from '../lib/policies/load.ts';
import { ordersFrom, type StartOrder } from '../lib/triggers/start.ts';

/** Every execution that was asked for, whether it was begun now or by an earlier delivery of the same event. */
export interface Answer {
  started: { executionName: string; executionArn: string }[];
}

async function start(event: unknown): Promise<Answer> {
  const settings = settingsFrom(process.env);
  const policies = policiesIn(settings.policiesFile);
  await publishOnce(policies, settings.table);
  const orders = ordersFrom(event, policies);
  const tried = await Promise.allSettled(orders.map((order) => startOne(order, settings)));
  // Lambda sends the event again. That is harmless for those that were started: their names exist.
  const failures = tried.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(messageOf).join('; '));
  return { started: tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])) };
}

async function startOne(
  { executionName, payload }: StartOrder,
  settings: Settings,
): Promise<Answer['started'][number]> {
  const { executionArn } = await startExecution({
    functionName: settings.terminateFunction,
    name: executionName,
    payload,
  });
  const { requestId, trigger } = payload;
  console.log({ message: 'started', requestId, trigger, executionName, executionArn });
  return { executionName, executionArn };
}

let published: Promise<void> | undefined;

/**
 * Tell the ledger what the policies are now, so that runs that wait see it. Once in the life of this process; a failure
 * is tried again with the next event and holds nothing up: a run without the ledger does not act anyway.
 */
function publishOnce(policies: CompiledPolicies, table: string): Promise<void> {
  published ??= publish(policies, table).catch((error: unknown) => {
    published = undefined;
    logFailure(new Error(`the policies were not published: ${messageOf(error)}`));
  });
  return published;
}

async function publish({ policies, builtAt }: CompiledPolicies, table: string): Promise<void> {
  await new DynamoLedger({ table, clock: systemClock }).publish(policies, Date.parse(builtAt));
}

function policiesIn(file: string): CompiledPolicies {
  let json: string;
  try {
    json = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`BANAP_POLICIES: ${file} cannot be read (${messageOf(error)}); package it again`);
  }
  return readCompiled(json);
}

interface Settings {
  /** The durable function's alias, by ARN. */
  terminateFunction: string;
  table: string;
  policiesFile: string;
}

const EXPECTED = {
  TERMINATE_FUNCTION: "the ARN of the durable function's alias",
  BANAP_TABLE: 'the name of a DynamoDB table such as banap-dev',
  BANAP_POLICIES: 'the path of the compiled policies, for example dist/policies.json',
} as const;

function settingsFrom(env: Environment): Settings {
  const missing = Object.entries(EXPECTED).filter(([name]) => !env[name]);
  if (missing.length > 0) {
    throw new ConfigError(missing.map(([name, expected]) => `${name} is not set; expected ${expected}`).join('; '));
  }
  const { TERMINATE_FUNCTION = '', BANAP_TABLE = '', BANAP_POLICIES = '' } = env;
  return { terminateFunction: TERMINATE_FUNCTION, table: BANAP_TABLE, policiesFile: BANAP_POLICIES };
}

export const handler = middy<unknown, Answer>()
  .onError(({ error }) => logFailure(error))
  .handler(start);
