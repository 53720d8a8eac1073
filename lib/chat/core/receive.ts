/** The one way in from chats: a Lambda function that verifies, hands over, and answers at once. It knows neither NCP nor the store. */

import { default as middy } from '@middy/core'; // its types know no other export
import { askInHaste, handOver } from '../../aws/haste.ts';
import { requiredSettings } from '../../aws/lambda-settings.ts';
import { SecretStore } from '../../aws/secrets.ts';
import { systemClock } from '../../clock.ts';
import type { HttpAnswer } from '../../http/answer.ts';
import { mustBeOfType, textOf } from '../../http/body.ts';
import { httpMiddlewares } from '../../http/function.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { HttpRequest } from '../../http/request.ts';
import { type Route, routed } from '../../http/route.ts';
import type { Incoming } from './incoming.ts';

/** The handler of the function that this chat calls. */
export function receiverOf<Secret>(incoming: Incoming<Secret>) {
  const secrets = new SecretStore({ ask: askInHaste, clock: systemClock });
  const answer = (request: HttpRequest): Promise<HttpAnswer> => received(request, incoming, secrets);
  const routes = incoming.paths.map((path): Route => ({ method: 'POST', path, answer }));
  return middy<unknown, HttpAnswer>()
    .use(httpMiddlewares)
    .handler(routed(() => routes));
}

async function received<Secret>(
  request: HttpRequest,
  { chat, identity, secret: { setting, example, schema }, contentType, ...incoming }: Incoming<Secret>,
  secrets: SecretStore,
): Promise<HttpAnswer> {
  const settings = requiredSettings(process.env, {
    [setting]: `the name of a secret such as ${example}`,
    CHAT_FUNCTION: 'the name or ARN of the chat function',
  });
  mustBeOfType(request, contentType);
  const secret = await secrets.read(settings[setting] ?? '', schema);
  const now = systemClock.now();
  // One answer for every request that is not from the chat; the reason is only in the log.
  const refusal = incoming.verify(request, secret, now);
  if (refusal !== 'ok') {
    throw new HttpProblem(401, `the request is not signed as ${identity.name} signs`, { cause: new Error(refusal) });
  }
  const isLocal = process.env['BANAP_LOCAL'] === 'true';
  const parsed = incoming.parse(request, textOf(request), { secret, now, isLocal });
  switch (parsed.kind) {
    case 'wrong':
      throw new HttpProblem(400, parsed.problem);
    case 'stale':
      throw new HttpProblem(401, 'the message is too old, or from the future');
    case 'nothing':
      return NO_ANSWER;
    case 'hand-over':
      await handOver({ functionName: settings['CHAT_FUNCTION'] ?? '', payload: { chat, ...parsed.payload } });
      return parsed.answer ?? NO_ANSWER;
  }
}

const NO_ANSWER: HttpAnswer = { statusCode: 200, headers: {}, body: '' };
