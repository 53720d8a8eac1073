/**
 * The Lambda function that attends to people in chat: it carries out what the functions that chats call have handed over,
 * and answers there. It runs asynchronously; what it does may be done again, and then changes nothing.
 */

import { createHash } from 'node:crypto';
import { default as middy } from '@middy/core'; // its types know no other export
import { accountClient } from '../lib/account-client.ts';
import { deskIn } from '../lib/aws/desk.ts';
import { lambdaSettings, requiredSettings } from '../lib/aws/lambda-settings.ts';
import { DynamoLedger } from '../lib/aws/ledger.ts';
import { logFailure } from '../lib/aws/log.ts';
import { SecretStore } from '../lib/aws/secrets.ts';
import { attend, type Office } from '../lib/chat/attend/attend.ts';
import { visitFrom } from '../lib/chat/attend/visit.ts';
import { languageOf } from '../lib/chat/language.ts';
import { replies } from '../lib/chat/replies.ts';
import { answer, type ChatTools, chatSettings, storeIn } from '../lib/chats.ts';
import { systemClock } from '../lib/clock.ts';
import { NcloudCloud } from '../lib/ncloud/cloud.ts';
import { compiledPoliciesIn } from '../lib/policies/compiled-file.ts';
import { secretOf } from '../lib/policies/resolve.ts';
import { survey } from '../lib/termination/survey.ts';

const secrets = new SecretStore({ clock: systemClock });

async function chat(event: unknown): Promise<{ answered: boolean }> {
  const settings = lambdaSettings(process.env);
  const { TERMINATE_FUNCTION } = requiredSettings(process.env, {
    TERMINATE_FUNCTION: "the ARN of the durable function's alias",
  });
  const { visit, answerTo } = visitFrom(event);
  const ledger = new DynamoLedger({ table: settings.table, clock: systemClock });
  const policies = compiledPoliciesIn(settings.policiesFile);
  const office: Office = {
    ...deskIn({ table: settings.table, terminateFunction: TERMINATE_FUNCTION, policies }),
    policies,
    clock: systemClock,
    cards: (account, options) => ledger.cards(account, options),
    hold: (account, hold) => ledger.hold(account, hold),
    plan: async (request) => {
      const secretId = secretOf(policies, request.account, settings.ncloudSecretId);
      const client = accountClient(settings.ncloud, secretId, secrets);
      try {
        const { environment, region } = request;
        const cloud = new NcloudCloud(client, { environment, region });
        return await survey(request, { cloud, ledger, clock: systemClock });
      } finally {
        await client.close();
      }
    },
  };
  const tools: ChatTools = { secrets, clock: systemClock, store: storeIn(ledger), onFailure: logFailure };
  const text = await attend(visit, office).catch((error: unknown) => {
    logFailure(error);
    const language = visit.said.kind === 'text' ? languageOf(visit.said.text) : 'en';
    return replies(language, 'Asia/Seoul').failed();
  });
  // Marked when it was given: an answer that failed is given when the visit comes again.
  const visitKey = `visit-${createHash('sha256').update(visit.visitId).digest('hex').slice(0, 32)}`;
  if ((await ledger.messageOf(visitKey, visit.chat)) !== undefined) return { answered: false };
  await answer(answerTo, text, chatSettings(process.env), tools);
  await ledger.rememberMessage(visitKey, visit.chat, 'answered');
  return { answered: true };
}

export const handler = middy<unknown, { answered: boolean }>()
  .onError(({ error }) => logFailure(error))
  .handler(chat);
