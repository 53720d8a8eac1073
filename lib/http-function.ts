/** What every Lambda function behind the HTTP API does: read the request, find its route, answer, and say why not. */

import { messageOf } from './error-message.ts';
import { problemFrom } from './failures.ts';
import type { HttpAnswer } from './http/answer.ts';
import { type HttpProblem, problemAnswer } from './http/problem.ts';
import { type HttpRequest, requestFrom } from './http/request.ts';
import { answerTo, type Route } from './http/route.ts';

/** `routes` is asked for with each request, so that a setting that is missing is answered and not a crash. */
export function httpFunction(routes: () => Route[]): (event: unknown) => Promise<HttpAnswer> {
  return async (event) => {
    let request: HttpRequest | undefined;
    try {
      request = requestFrom(event);
      const answer = await answerTo(request, routes());
      return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
    } catch (error) {
      const problem = problemFrom(error);
      logRefusal(problem, request);
      return problemAnswer(problem);
    }
  };
}

/** Neither the path, which may hold a token, nor the problems, which may quote the body. */
function logRefusal({ status, message, cause }: HttpProblem, request: HttpRequest | undefined): void {
  const { method = '', gatewayId = '' } = request ?? {};
  const why = cause === undefined ? {} : { error: messageOf(cause) };
  console.log({ message: 'refused', status, detail: message, method, gatewayId, ...why });
}
