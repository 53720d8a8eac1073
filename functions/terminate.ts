/**
 * The Lambda function that terminates servers. It is durable: every pass is a step, the waits between passes cost
 * nothing, and a crash goes on from the last step. It parses, calls the library and answers; it decides nothing.
 */

import { randomUUID } from 'node:crypto';
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { default as middy } from '@middy/core'; // its types know no other export
import { executionModeDurableContext } from '@middy/core/DurableContext';
import errorLogger from '@middy/error-logger';
import { accountClient } from '../lib/aws/account-client.ts';
import { askWithSdk } from '../lib/aws/ask-secret.ts';
import { durableEngine } from '../lib/aws/durable-engine.ts';
import { wake } from '../lib/aws/executions.ts';
import { type LambdaSettings, lambdaSettings, startedBy } from '../lib/aws/lambda-settings.ts';
import { logEvents, logFailure, logPlan, logResult, logUnread } from '../lib/aws/log.ts';
import { countRun } from '../lib/aws/metrics.ts';
import { webhookSecretSchema } from '../lib/aws/secret-schemas.ts';
import { SecretStore } from '../lib/aws/secrets.ts';
import { chatSettings, chatsOf } from '../lib/chat/chats.ts';
import { systemClock } from '../lib/clock.ts';
import { NcloudCloud } from '../lib/ncloud/cloud.ts';
import { configOf } from '../lib/ncloud/config.ts';
import { compiledPoliciesIn } from '../lib/policies/load.ts';
import { policyNowOf, requestFor, secretOf } from '../lib/policies/resolve.ts';
import type { Recipient } from '../lib/reports/deliver.ts';
import { namedStore } from '../lib/store/named-store.ts';
import { survey } from '../lib/termination/planning/survey.ts';
import type { Engine } from '../lib/termination/ports/engine.ts';
import type { TerminationRequest } from '../lib/termination/request.ts';
import { type CarriedOut, carryOut } from '../lib/triggers/carry-out.ts';
import { orderFrom } from '../lib/triggers/order.ts';
import { type Probe, type ProbeAnswer, probe, probeFrom, sightsOf } from '../lib/triggers/probe.ts';

/** Kept between invocations of one environment: a secret is read once in five minutes. */
const secrets = new SecretStore({ ask: askWithSdk(), clock: systemClock });

async function terminate(event: unknown, context: DurableContext): Promise<Answer | ProbeAnswer> {
  const settings = lambdaSettings(process.env);
  const engine = durableEngine(context);
  const probing = probeFrom(event);
  if (probing !== undefined) return probeHere(probing, engine, settings);
  const owner = startedBy(context);
  const policies = compiledPoliciesIn(settings.policiesFile);
  // Pinned: whatever becomes of the policies, this run goes on under the one that it began with, or is refused.
  const request = await engine.step('request', () => Promise.resolve(requestFor(orderFrom(event, owner), policies)));
  const store = namedStore({ table: settings.table, clock: systemClock });
  const secretId = secretOf(policies, request.account, settings.ncloudSecretId);
  const ncloud = configOf(settings.ncloud, policies.accounts?.[request.account]);
  const client = accountClient(ncloud, secretId, secrets);
  try {
    const done = await carryOut(
      request,
      {
        engine,
        clock: systemClock,
        cloud: new NcloudCloud(
          client,
          { environment: request.environment, region: request.region },
          ncloud.environments,
        ),
        store,
        owner,
        notifier: chatsOf(chatSettings(process.env), settings.table, secrets).notifierFor(
          policies.policies[request.policy],
        ),
        wake: (wakeId) => wake({ wakeId }),
        policyNow: async () => policyNowOf(request.policy, await store.policyNow(request.policy)),
        pollSeconds: settings.pollSeconds,
        freshSeconds: settings.freshSeconds,
        onUnread: (reason, againSeconds) => logUnread(request, reason, againSeconds),
        onPlan: (plan) => logPlan(request, plan),
        onEvents: (events) => logEvents(request, events),
      },
      recipientsFor(request, settings),
      settings.deliveryRetry,
    );
    logResult(done);
    countRun(done, process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? '');
    return answerFor(request, done);
  } finally {
    await client.close();
  }
}

/** The smoke test of a deployment: the same keys, table and engine, but nothing in it can act. */
function probeHere(order: Probe, engine: Engine, settings: LambdaSettings): Promise<ProbeAnswer> {
  const policies = compiledPoliciesIn(settings.policiesFile);
  const store = namedStore({ table: settings.table, clock: systemClock });
  return probe(order, policies, {
    engine,
    now: () => systemClock.now(),
    life: randomUUID(),
    crash: () => process.exit(1),
    look: async (request) => {
      const { account, environment, region } = request;
      const secretId = secretOf(policies, account, settings.ncloudSecretId);
      const client = accountClient(settings.ncloud, secretId, secrets);
      const cloud = sightsOf(new NcloudCloud(client, { environment, region }));
      try {
        return await survey(request, { cloud, clock: systemClock, store });
      } finally {
        await client.close();
      }
    },
  });
}

function recipientsFor({ report }: TerminationRequest, settings: LambdaSettings): Recipient[] {
  const { reportWebhookSecretId, reportAllowedHosts: allowedHosts } = settings;
  const deployments = reportWebhookSecretId === '' ? [] : [reportWebhookSecretId];
  const secretIds = report.length > 0 ? report : deployments;
  return secretIds.map((secretId) => async () => {
    return { ...(await secrets.read(secretId, webhookSecretSchema)), allowedHosts };
  });
}

/** What the execution's result says. The whole report went to the webhook, or to the log. */
export interface Answer {
  requestId: string;
  status: string;
  summary: string;
  outcomes: { serverInstanceNo: string; result: string; guard?: string | undefined }[];
  delivery: CarriedOut['delivery'];
}

function answerFor(request: TerminationRequest, { report, delivery }: CarriedOut): Answer {
  // A run that failed as a whole is a failed execution: Lambda leaves its event in the dead-letter queue, which has an alarm.
  if (report.status === 'error') throw new Error(`${report.error} (report: ${delivery.state})`);
  const { status, summary } = report;
  const outcomes = report.outcomes.map(({ serverInstanceNo, result, guard }) => ({ serverInstanceNo, result, guard }));
  return { requestId: request.requestId, status, summary, outcomes, delivery };
}

export const handler = middy<unknown, Answer | ProbeAnswer, Error, DurableContext>({
  executionMode: executionModeDurableContext,
  // Off. A handler that suspends never answers, so middy would not clear this timer: it would fire in the middle of a
  // later invocation, and fail an execution that Lambda would have resumed.
  timeoutEarlyInMillis: 0,
})
  .use(errorLogger({ logger: ({ error }) => logFailure(error) }))
  .handler(terminate);
