/**
 * The Lambda function that handles what people want in chats: it carries out what the functions that chats call have handed over,
 * and answers there. It runs asynchronously; what it does may be done again, and then changes nothing.
 */

import { createHash } from 'node:crypto';
import { default as middy } from '@middy/core'; // its types know no other export
import errorLogger from '@middy/error-logger';
import { accountClient } from '../lib/aws/account-client.ts';
import { askWithSdk } from '../lib/aws/ask-secret.ts';
import { type LambdaSettings, lambdaSettings, requiredSettings } from '../lib/aws/lambda-settings.ts';
import { logFailure } from '../lib/aws/log.ts';
import { runControlIn } from '../lib/aws/run-control.ts';
import { SecretStore } from '../lib/aws/secrets.ts';
import { chatSettings, chatsOf } from '../lib/chat/chats.ts';
import type { Backend } from '../lib/chat/core/handling/context.ts';
import { failedIn, handle } from '../lib/chat/core/handling/handle.ts';
import { sendOnce } from '../lib/chat/core/notifiers.ts';
import { systemClock } from '../lib/clock.ts';
import type { NcloudClient } from '../lib/ncloud/client.ts';
import { NcloudCloud } from '../lib/ncloud/cloud.ts';
import { configOf } from '../lib/ncloud/config.ts';
import { type CompiledPolicies, compiledPoliciesIn } from '../lib/policies/load.ts';
import { secretOf } from '../lib/policies/resolve.ts';
import { namedStore } from '../lib/store/named-store.ts';
import { survey } from '../lib/termination/planning/survey.ts';

const secrets = new SecretStore({ ask: askWithSdk(), clock: systemClock });

async function chat(event: unknown): Promise<{ answered: true }> {
  const settings = lambdaSettings(process.env);
  const { TERMINATE_FUNCTION } = requiredSettings(process.env, {
    TERMINATE_FUNCTION: "the ARN of the durable function's alias",
  });
  const chatting = chatSettings(process.env);
  const { request: chatRequest, answer } = chatsOf(chatting, settings.table, secrets).received(event);
  const store = namedStore({ table: settings.table, clock: systemClock });
  const policies = compiledPoliciesIn(settings.policiesFile);
  const clients = new Clients(settings, policies);
  const backend: Backend = {
    ...runControlIn({
      store,
      table: settings.table,
      terminateFunction: TERMINATE_FUNCTION,
      stage: process.env['BANAP_STAGE'] ?? '',
      policies,
    }),
    policies,
    clock: systemClock,
    language: chatting.language,
    plan: (request) => {
      const { environments } = configOf(settings.ncloud, policies.accounts?.[request.account]);
      const cloud = new NcloudCloud(clients.of(request.account), request, environments);
      return survey(request, { cloud, store, clock: systemClock });
    },
  };
  try {
    const text = await handle(chatRequest, backend).catch((error: unknown) => {
      logFailure(error);
      return failedIn(chatRequest, backend);
    });
    // An answer that failed is given when the chat request comes again.
    const about = `chat-request-${createHash('sha256').update(chatRequest.deliveryId).digest('hex').slice(0, 32)}`;
    await sendOnce(store, { about, what: chatRequest.chat }, () => answer(text));
    return { answered: true };
  } finally {
    await clients.close();
  }
}

/** One client an account, whatever number of policies is looked at: calls to NCP are counted by it. */
class Clients {
  readonly #settings: LambdaSettings;
  readonly #policies: CompiledPolicies;
  readonly #clients = new Map<string, NcloudClient>();

  constructor(settings: LambdaSettings, policies: CompiledPolicies) {
    this.#settings = settings;
    this.#policies = policies;
  }

  of(account: string): NcloudClient {
    const { ncloud, ncloudSecretId } = this.#settings;
    const config = configOf(ncloud, this.#policies.accounts?.[account]);
    const client =
      this.#clients.get(account) ?? accountClient(config, secretOf(this.#policies, account, ncloudSecretId), secrets);
    this.#clients.set(account, client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }
}

export const handler = middy<unknown, { answered: true }>()
  .use(errorLogger({ logger: ({ error }) => logFailure(error) }))
  .handler(chat);
