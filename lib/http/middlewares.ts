import type { MiddlewareObj } from '@middy/core';
import type { HttpAnswer } from './answer.ts';
import { type HttpProblem, problemAnswer } from './problem.ts';
import { type HttpRequest, requestFrom } from './request.ts';

/** The event becomes an {@link HttpRequest}. The answer to HEAD loses its body. */
export function httpRequest(): MiddlewareObj<HttpRequest, HttpAnswer> {
  return {
    before: (state) => {
      state.event = requestFrom(state.event);
    },
    after: ({ event, response }) => {
      if (event.method === 'HEAD' && response) response.body = '';
    },
  };
}

/**
 * Answers every error as a problem.
 *
 * Not @middy/http-error-handler (7.9.2): it does not support problem+json (it sends its `Content-Type: application/json`
 * besides ours), and answers every error that has a status with the error's own message.
 */
export function problemAnswers(problemFrom: (error: unknown) => HttpProblem): MiddlewareObj<unknown, HttpAnswer> {
  return {
    onError: (state) => {
      state.response = problemAnswer(problemFrom(state.error));
    },
  };
}
