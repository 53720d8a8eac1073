/**
 * The Lambda function that attends to people in chat: it carries out what the functions that chats call have handed over,
 * and answers there. It runs asynchronously; what it does may be done again, and then changes nothing.
 */

import { createHash } from 'node:crypto';
import { default as middy } from '@middy/core'; // its types know no other export
import errorLogger from '@middy/error-logger';
import { accountClient } from '../lib/aws/account-client.ts';
import { type LambdaSettings, lambdaSettings, requiredSettings } from '../lib/aws/lambda-settings.ts';
import { logFailure } from '../lib/aws/log.ts';
import { runControlIn } from '../lib/aws/run-control.ts';
import { SecretStore } from '../lib/aws/secrets.ts';
import { attend, failedIn } from '../lib/chat/attend/attend.ts';
import type { Office } from '../lib/chat/attend/attending.ts';
import { visitFrom } from '../lib/chat/attend/visit.ts';
import { sayOnce } from '../lib/chat/boards.ts';
import { chatSettings, chatsOf, storeIn } from '../lib/chats.ts';
import { systemClock } from '../lib/clock.ts';
import type { NcloudClient } from '../lib/ncloud/client.ts';
import { NcloudCloud } from '../lib/ncloud/cloud.ts';
import { type CompiledPolicies, compiledPoliciesIn } from '../lib/policies/load.ts';
import { secretOf } from '../lib/policies/resolve.ts';
import { namedStore } from '../lib/store/named-store.ts';
import { survey } from '../lib/termination/planning/survey.ts';

const secrets = new SecretStore({ clock: systemClock });

async function chat(event: unknown): Promise<{ answered: true }> {
  const settings = lambdaSettings(process.env);
  const { TERMINATE_FUNCTION } = requiredSettings(process.env, {
    TERMINATE_FUNCTION: "the ARN of the durable function's alias",
  });
  const chatting = chatSettings(process.env);
  const { visit, answerTo } = visitFrom(event);
  const store = namedStore({ table: settings.table, clock: systemClock });
  const policies = compiledPoliciesIn(settings.policiesFile);
  const clients = new Clients(settings, policies);
  const office: Office = {
    ...runControlIn({ store, table: settings.table, terminateFunction: TERMINATE_FUNCTION, policies }),
    policies,
    clock: systemClock,
    language: chatting.language,
    plan: (request) => {
      const cloud = new NcloudCloud(clients.of(request.account), request);
      return survey(request, { cloud, store, clock: systemClock });
    },
  };
  try {
    const text = await attend(visit, office).catch((error: unknown) => {
      logFailure(error);
      return failedIn(visit, office);
    });
    // An answer that failed is given when the visit comes again.
    const visitKey = `visit-${createHash('sha256').update(visit.visitId).digest('hex').slice(0, 32)}`;
    const chats = chatsOf(chatting, settings.table, secrets);
    await sayOnce(storeIn(store), { requestId: visitKey, place: visit.chat }, () => chats.answer(answerTo, text));
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
    const client =
      this.#clients.get(account) ?? accountClient(ncloud, secretOf(this.#policies, account, ncloudSecretId), secrets);
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
