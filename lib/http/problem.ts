import * as z from 'zod';
import type { HttpAnswer } from './answer.ts';

/** Problem details as RFC 9457 describes them. */
export const problemSchema = z
  .strictObject({
    type: z.literal('about:blank').meta({ description: 'The status says what kind of problem it is.' }),
    title: z.string().meta({ description: "The status's usual words.", examples: ['Bad Request'] }),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'One sentence about this request.' }),
    problems: z
      .array(z.string())
      .meta({ description: 'Everything that is wrong with the body, each in one sentence; often empty.' }),
  })
  .meta({ description: 'Problem details (RFC 9457). They hold nothing secret.' });

/** What API Gateway says itself, before or instead of a function. */
export const gatewayMessageSchema = z.looseObject({ message: z.string() }).meta({
  description: "API Gateway's own answer, which is no problem of RFC 9457.",
  examples: [{ message: 'Too Many Requests' }],
});

const TITLES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export type ProblemStatus = keyof typeof TITLES;

interface ProblemOptions {
  problems?: readonly string[];
  headers?: Readonly<Record<string, string>>;
  /** For the log only. It may name tables and functions, but never holds a secret or a body. */
  cause?: unknown;
}

/** The request is answered with a problem. The message is the `detail`, and the sender may see it. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: ProblemStatus;
  readonly problems: readonly string[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ProblemStatus, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.status = status;
    this.problems = options.problems ?? [];
    this.headers = options.headers ?? {};
  }
}

export function problemBody(status: ProblemStatus, detail: string, problems: readonly string[] = []): Problem {
  return { type: 'about:blank', title: TITLES[status], status, detail, problems: [...problems] };
}

export function problemAnswer({ status, message, problems, headers }: HttpProblem): HttpAnswer {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(problemBody(status, message, problems)),
  };
}

export type Problem = z.output<typeof problemSchema>;
