/**
 * The Lambda function that schedules and events call. It starts executions of the durable function, under names that
 * are the same for the same event: what comes twice is carried out once. It decides nothing.
 */

import { default as middy } from '@middy/core'; // its types know no other export
import errorLogger from '@middy/error-logger';
import { startExecution } from '../lib/aws/executions.ts';
import { COMMON_SETTINGS, requiredSettings } from '../lib/aws/lambda-settings.ts';
import { logFailure } from '../lib/aws/log.ts';
import { publishOnce } from '../lib/aws/publish.ts';
import { messageOf } from '../lib/errors.ts';
import type { Environment } from '../lib/ncloud/config.ts';
import { compiledPoliciesIn } from '../lib/policies/load.ts';
import { executionNameIn } from '../lib/triggers/execution-name.ts';
import { ordersFrom, type StartOrder } from '../lib/triggers/start.ts';

/** Every execution that was asked for, whether it was begun now or by an earlier delivery of the same event. */
export interface Answer {
  started: { executionName: string; executionArn: string }[];
}

async function start(event: unknown): Promise<Answer> {
  const settings = settingsFrom(process.env);
  const policies = compiledPoliciesIn(settings.policiesFile);
  await publishOnce(policies, settings.table);
  const orders = ordersFrom(event, policies);
  const tried = await Promise.allSettled(orders.map((order) => startOne(order, settings)));
  // Lambda sends the event again. That is harmless for those that were started: their names exist.
  const failures = tried.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(messageOf).join('; '));
  return { started: tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])) };
}

async function startOne(order: StartOrder, settings: Settings): Promise<Answer['started'][number]> {
  const { payload } = order;
  const executionName = executionNameIn(settings.stage, order.executionName);
  const { executionArn } = await startExecution({
    functionName: settings.terminateFunction,
    name: executionName,
    payload,
  });
  const { requestId, trigger } = payload;
  console.log({ message: 'started', requestId, trigger, executionName, executionArn });
  return { executionName, executionArn };
}

interface Settings {
  /** The durable function's alias, by ARN. */
  terminateFunction: string;
  /** Empty on a machine of one's own. */
  stage: string;
  table: string;
  policiesFile: string;
}

function settingsFrom(env: Environment): Settings {
  const { TERMINATE_FUNCTION, BANAP_TABLE, BANAP_POLICIES } = requiredSettings(env, {
    TERMINATE_FUNCTION: "the ARN of the durable function's alias",
    ...COMMON_SETTINGS,
  });
  const stage = env['BANAP_STAGE'] ?? '';
  return { terminateFunction: TERMINATE_FUNCTION, stage, table: BANAP_TABLE, policiesFile: BANAP_POLICIES };
}

export const handler = middy<unknown, Answer>()
  .use(errorLogger({ logger: ({ error }) => logFailure(error) }))
  .handler(start);
