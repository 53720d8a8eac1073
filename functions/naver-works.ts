/** The Lambda function that NAVER WORKS calls with what people write to the bot. It verifies, hands over, and answers. */

import { default as middy } from '@middy/core'; // its types know no other export
import { handOver } from '../lib/aws/hand-over.ts';
import { requiredSettings } from '../lib/aws/lambda-settings.ts';
import { naverWorksSecretSchema } from '../lib/aws/secret-schemas.ts';
import { SecretStore } from '../lib/aws/secrets.ts';
import { verifyNaverWorks } from '../lib/chat/naver-works/signature.ts';
import { parseNaverWorksCallback } from '../lib/chat/naver-works/text.ts';
import { systemClock } from '../lib/clock.ts';
import type { HttpAnswer } from '../lib/http/answer.ts';
import { mustBeOfType, textOf } from '../lib/http/body.ts';
import { httpMiddlewares } from '../lib/http/function.ts';
import { HttpProblem } from '../lib/http/problem.ts';
import type { HttpRequest } from '../lib/http/request.ts';
import { type Route, routed } from '../lib/http/route.ts';

const secrets = new SecretStore({ clock: systemClock, hasty: true });

const routes: Route[] = [{ method: 'POST', path: '/naver-works', answer: taken }];

/** There is no time in the signature, so a callback that was recorded would verify for ever: it must be a young one. */
const TOLERANCE_MS = 10 * 60_000;

async function taken(request: HttpRequest): Promise<HttpAnswer> {
  const settings = requiredSettings(process.env, {
    NAVER_WORKS_SECRET_ID: 'the name of a secret such as banap/dev/naver-works',
    CHAT_FUNCTION: 'the name or ARN of the chat function',
  });
  mustBeOfType(request, 'application/json');
  const { botSecret } = await secrets.read(settings.NAVER_WORKS_SECRET_ID, naverWorksSecretSchema);
  const signature = request.headers['x-works-signature'];
  const refusal = verifyNaverWorks({ body: request.body, signature, secrets: [botSecret] });
  if (refusal !== 'ok')
    throw new HttpProblem(401, 'the request is not signed as NAVER WORKS signs', { cause: new Error(refusal) });
  const callback = parseNaverWorksCallback(textOf(request));
  if (callback.kind === 'wrong') throw new HttpProblem(400, callback.problem);
  if (callback.kind === 'message') {
    if (Math.abs(systemClock.now() - callback.message.issuedAt) > TOLERANCE_MS) {
      throw new HttpProblem(401, 'the message is too old, or from the future');
    }
    await handOver({
      functionName: settings.CHAT_FUNCTION,
      payload: { chat: 'naverWorks', kind: 'message', message: callback.message },
    });
  }
  return { statusCode: 200, headers: {}, body: '' };
}

export const handler = middy<unknown, HttpAnswer>()
  .use(httpMiddlewares)
  .handler(routed(() => routes));
