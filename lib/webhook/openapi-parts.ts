/** Pieces of which the OpenAPI description is made. */

import * as z from 'zod';
import { gatewayMessageSchema, type ProblemStatus, problemBody } from '../http/problem.ts';
import { MOST_BODY_BYTES } from '../http/request.ts';
import { TOLERANCE_SECONDS } from './verify.ts';

export const MOST_BODY = `${MOST_BODY_BYTES / 1024} KB`;
export const TOLERANCE = `${TOLERANCE_SECONDS / 60} minutes`;

/** In the order of the statuses. */
const PROBLEMS = [400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 503] as const;

const DETAILS: Readonly<Record<(typeof PROBLEMS)[number], string>> = {
  400: 'The body is not base64, UTF-8, JSON, or as it should be, or has a key twice; every problem is listed.',
  401: `Not signed by a known caller, or not within ${TOLERANCE} of now.`,
  403: 'This caller may not use that policy, or there is none of that name.',
  404: 'This caller has no run of that id.',
  405: 'The path does not take this method.',
  409: 'Something else was sent under this webhook-id before.',
  413: `The body is larger than ${MOST_BODY}.`,
  415: 'The content type is not application/json in UTF-8, or there is a content encoding.',
  429: 'Above the rate limit, in the words of API Gateway, or AWS takes no more now; send the same again later.',
  500: 'Something went wrong here.',
  503: 'What is needed does not answer; send the same again later.',
};

/** What callers send. */
export function askSchema(schema: z.ZodType): object {
  return jsonSchema(schema, 'input');
}

/** What they get: exactly these keys, where what is read here may have more. */
export function answerSchema(schema: z.ZodType): object {
  return jsonSchema(schema, 'output');
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

export function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

export function examplesOf(schema: z.ZodType, name: string): Record<string, { value: unknown }> {
  const examples: unknown = schema.meta()?.['examples'];
  if (!Array.isArray(examples)) return {};
  return Object.fromEntries(examples.map((value: unknown, index) => [`${name}${index + 1}`, { value }]));
}

export function jsonBody(name: string, schema: z.ZodType): object {
  return {
    required: true,
    content: { 'application/json': { schema: reference(name), examples: examplesOf(schema, 'example') } },
  };
}

export function jsonResponse(text: string, name: string, schema: z.ZodType): object {
  return {
    description: text,
    content: { 'application/json': { schema: reference(name), examples: examplesOf(schema, 'example') } },
  };
}

export function problems(...statuses: (keyof typeof DETAILS | [ProblemStatus, string])[]): Record<string, object> {
  return Object.fromEntries(
    statuses.map((one) =>
      typeof one === 'number'
        ? [String(one), { $ref: `#/components/responses/Problem${one}` }]
        : [String(one[0]), problem(...one)],
    ),
  );
}

export function everyProblem(): Record<string, object> {
  return Object.fromEntries(PROBLEMS.map((of) => [`Problem${of}`, problem(of, DETAILS[of])]));
}

function problem(of: ProblemStatus, text: string): object {
  const content = {
    'application/problem+json': { schema: reference('Problem'), example: problemBody(of, text) },
    ...(of === 429 && throttled),
  };
  const retry = { 'retry-after': { description: 'Seconds.', schema: { type: 'integer' }, example: 30 } };
  return { description: text, ...((of === 429 || of === 503) && { headers: retry }), content };
}

export function pages(...statuses: ProblemStatus[]): Record<string, object> {
  const text = 'A page that says why nothing was changed.';
  return Object.fromEntries(statuses.map((one) => [one, page(text, one === 429 ? throttled : {})]));
}

export function page(text: string, besides: object = {}): object {
  return { description: text, content: { 'text/html': { schema: { type: 'string' } }, ...besides } };
}

/** Above the rate limit API Gateway answers before any function. */
const throttled = {
  'application/json': {
    schema: reference('GatewayMessage'),
    examples: examplesOf(gatewayMessageSchema, 'rateLimit'),
  },
};
