import type { Request } from '@middy/core';
import errorLogger from '@middy/error-logger';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import { messageOf } from '../errors.ts';
import { problemFrom } from './failures.ts';
import { httpRequest, problemAnswers } from './middlewares.ts';
import { isHttpRequest } from './request.ts';

/** The middleware of every Lambda function behind the HTTP API. Errors pass through it in reverse order. */
export const httpMiddlewares = [
  problemAnswers(problemFrom),
  errorLogger({ logger: logRefusal }),
  httpRequest(),
  httpHeaderNormalizer(),
];

/** Logs neither the path, which may hold a token, nor the problems, which may quote the body. */
function logRefusal({ error, event }: Request): void {
  const { status, message, cause } = problemFrom(error);
  const { method, gatewayId } = isHttpRequest(event) ? event : { method: '', gatewayId: '' };
  const why = cause === undefined ? {} : { error: messageOf(cause) };
  console.log({ message: 'refused', status, detail: message, method, gatewayId, ...why });
}
