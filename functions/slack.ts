/**
 * The Lambda function that Slack calls. It verifies, hands over, and answers within Slack's three seconds, even when it is
 * cold: it knows neither NCP nor the store. Slack's repetitions are handed over too; they do nothing twice.
 */

import { default as middy } from '@middy/core'; // its types know no other export
import { handOver } from '../lib/aws/hand-over.ts';
import { requiredSettings } from '../lib/aws/lambda-settings.ts';
import { slackSecretSchema } from '../lib/aws/secret-schemas.ts';
import { SecretStore } from '../lib/aws/secrets.ts';
import { parseSlackClick, parseSlackCommand } from '../lib/chat/slack/interaction.ts';
import { seal } from '../lib/chat/slack/sealed.ts';
import { verifySlack } from '../lib/chat/slack/signature.ts';
import { systemClock } from '../lib/clock.ts';
import { type HttpAnswer, jsonAnswer } from '../lib/http/answer.ts';
import { mustBeOfType, textOf } from '../lib/http/body.ts';
import { httpMiddlewares } from '../lib/http/function.ts';
import { HttpProblem } from '../lib/http/problem.ts';
import type { HttpRequest } from '../lib/http/request.ts';
import { type Route, routed } from '../lib/http/route.ts';

const secrets = new SecretStore({ clock: systemClock, hasty: true });

const routes: Route[] = [
  { method: 'POST', path: '/slack/commands', answer: (request) => taken(request, 'command') },
  { method: 'POST', path: '/slack/interactions', answer: (request) => taken(request, 'click') },
];

async function taken(request: HttpRequest, kind: 'command' | 'click'): Promise<HttpAnswer> {
  const settings = requiredSettings(process.env, {
    SLACK_SECRET_ID: 'the name of a secret such as banap/dev/slack',
    CHAT_FUNCTION: 'the name or ARN of the chat function',
  });
  mustBeOfType(request, 'application/x-www-form-urlencoded');
  const [newest = ''] = await verified(request, settings.SLACK_SECRET_ID);
  const options = { allowLoopback: process.env['BANAP_LOCAL'] === 'true' };
  const text = textOf(request);
  const parsed = kind === 'command' ? parseSlackCommand(text, options) : parseSlackClick(text, options);
  if (!parsed.ok) throw new HttpProblem(400, parsed.problem);
  // A command says nothing of its time; when Slack signed it is near enough.
  const at = Number(request.headers['x-slack-request-timestamp']) * 1000;
  const { responseUrl, ...said } = parsed.value;
  const sealed = { ...said, sealedUrl: seal(responseUrl, said.triggerId, newest) };
  const payload = { chat: 'slack', kind, [kind]: sealed, ...(kind === 'command' && { at }) };
  await handOver({ functionName: settings.CHAT_FUNCTION, payload });
  // Nothing is said for a click: the message itself changes. A command is answered by the other function.
  return kind === 'click' ? { statusCode: 200, headers: {}, body: '' } : jsonAnswer(200, SEEN);
}

const SEEN = { response_type: 'ephemeral', text: '…' };

/** The signing secrets, newest first. One answer for everything that is not Slack's; why stands in the log only. */
async function verified({ headers, body }: HttpRequest, secretId: string): Promise<string[]> {
  const { signingSecrets } = await secrets.read(secretId, slackSecretSchema);
  const refusal = verifySlack({
    body,
    timestamp: headers['x-slack-request-timestamp'],
    signature: headers['x-slack-signature'],
    secrets: signingSecrets,
    now: systemClock.now(),
  });
  if (refusal !== 'ok')
    throw new HttpProblem(401, 'the request is not signed as Slack signs', { cause: new Error(refusal) });
  return signingSecrets;
}

export const handler = middy<unknown, HttpAnswer>()
  .use(httpMiddlewares)
  .handler(routed(() => routes));
