/** `schemas/openapi.json`: the HTTP API, from the definitions that check it. */

import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiContentObject,
  type ZodOpenApiMediaTypeObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { formSchema, rejectionSchema } from '../lib/confirm/form.ts';
import { gatewayMessageSchema, type ProblemStatus, problemBody, problemSchema } from '../lib/http/problem.ts';
import { MOST_BODY_BYTES } from '../lib/http/request.ts';
import { RUN_ID } from '../lib/triggers/order.ts';
import {
  acceptedSchema,
  cancelledSchema,
  cancelSchema,
  pendingSchema,
  runSchema,
  terminationAskSchema,
} from '../lib/webhook/bodies.ts';
import { REMEMBERED_SECONDS } from '../lib/webhook/terminations.ts';
import { TOLERANCE_SECONDS, WEBHOOK_ID, WEBHOOK_TIMESTAMP } from '../lib/webhook/verify.ts';
import manifest from '../package.json' with { type: 'json' };

const MOST_BODY = `${MOST_BODY_BYTES / 1024} KB`;
const TOLERANCE = `${TOLERANCE_SECONDS / 60} minutes`;

export function openApiText(): string {
  const document = createDocument({
    openapi: '3.1.0',
    info: { title: 'banap', version: manifest.version, summary: 'Ask for terminations under a policy.', description },
    paths: {
      '/terminations': { post: ask },
      '/terminations/{id}': { parameters: [id], get: status },
      '/terminations/{id}/cancel': { parameters: [id], post: cancel },
      '/confirm/{token}': { parameters: [token], get: openPage, post: sendForm },
      '/confirm/{token}/reject': { parameters: [token], post: sendRejection },
    },
    components: {
      schemas: {
        TerminationAsk: terminationAskSchema,
        Accepted: acceptedSchema,
        Run: runSchema,
        Pending: pendingSchema,
        Cancel: cancelSchema,
        Cancelled: cancelledSchema,
        Decision: formSchema,
        Rejection: rejectionSchema,
        Problem: problemSchema,
        GatewayMessage: gatewayMessageSchema,
      },
      responses: Object.fromEntries([...PROBLEMS].map(([of, text]) => [`Problem${of}`, problem(of, text)])),
      securitySchemes: {
        standardWebhooks: { type: 'apiKey', in: 'header', name: 'webhook-signature', description: signing },
      },
    },
  });
  return `${JSON.stringify(document, null, 2)}\n`;
}

const description = [
  'Every request is signed as Standard Webhooks describes (https://www.standardwebhooks.com), those without a body over',
  `an empty one. Bodies have at most ${MOST_BODY}. Every path here answers 405 with \`Allow\` to a method that it does not`,
  'take, OPTIONS with what it takes, and HEAD where it takes GET.',
  'Problems are answered as RFC 9457 describes, and hold neither bodies nor secrets. What API Gateway answers itself is',
  '`application/json` with a `message` instead, and without `retry-after`: 429 above the rate limit, which counts every',
  'request, and 404 at paths that are not here; seldom 413 (above 10 MB), 500 and 503.',
].join(' ');
const signing =
  '`v1,<base64>`, several with a space between them: HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`.';

/** With `webhook-signature`, which is the security scheme. */
const signedHeaders = z.object({
  'webhook-id': z
    .string()
    .regex(WEBHOOK_ID)
    .meta({
      param: {
        description: `Names the message. Sent again with the same body it changes nothing; for at least ${REMEMBERED_SECONDS / 86_400} days.`,
        example: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
      },
    }),
  'webhook-timestamp': z
    .string()
    .regex(WEBHOOK_TIMESTAMP)
    .meta({
      param: {
        description: `Seconds since the epoch; refused when more than ${TOLERANCE} off.`,
        example: '1795435200',
      },
    }),
});
const signed = { security: [{ standardWebhooks: [] }], requestParams: { header: signedHeaders } };

const id = z
  .string()
  .regex(RUN_ID)
  .meta({ param: { in: 'path', name: 'id' } });
const token = z.string().meta({
  param: {
    in: 'path',
    name: 'token',
    description: 'From the message that asked for a decision; signed, and of use until it expires.',
  },
});

const PROBLEMS = new Map<ProblemStatus, string>([
  [400, 'The body is not base64, UTF-8, JSON or valid, or has a key twice; every problem is listed.'],
  [401, `Not signed by a known caller, or not within ${TOLERANCE} of now.`],
  [403, 'This caller may not use that policy, or it does not exist.'],
  [404, 'This caller has no run with that id.'],
  [405, 'The path does not accept this method.'],
  [409, 'This webhook-id was used for another message.'],
  [413, `The body is larger than ${MOST_BODY}.`],
  [415, 'The content type is not application/json in UTF-8, or there is a content encoding.'],
  [429, 'Above the rate limit, in the words of API Gateway, or AWS takes no more now; send the same again later.'],
  [500, 'Something went wrong here.'],
  [503, 'A service that this needs does not answer; send the same again later.'],
]);

/** Above the rate limit, API Gateway answers before any function runs. */
const throttled = json(gatewayMessageSchema);

function problem(of: ProblemStatus, text: string): ZodOpenApiResponseObject {
  const retry = { 'retry-after': { description: 'Seconds.', schema: { type: 'integer' as const }, example: 30 } };
  return {
    description: text,
    ...((of === 429 || of === 503) && { headers: retry }),
    content: {
      'application/problem+json': { schema: problemSchema, example: problemBody(of, text) },
      ...(of === 429 && { 'application/json': throttled }),
    },
  };
}

function problems(...statuses: ProblemStatus[]): ZodOpenApiResponsesObject {
  return Object.fromEntries(statuses.map((one) => [one, { $ref: `#/components/responses/Problem${one}` }]));
}

function json(schema: z.ZodType): ZodOpenApiMediaTypeObject {
  return { schema, examples: examplesOf(schema) };
}

function examplesOf(schema: z.ZodType, name = 'example'): Record<string, { value: unknown }> {
  const examples: unknown = schema.meta()?.['examples'];
  if (!Array.isArray(examples)) return {};
  return Object.fromEntries(examples.map((value: unknown, index) => [`${name}${index + 1}`, { value }]));
}

function page(text: string, besides: ZodOpenApiContentObject = {}): ZodOpenApiResponseObject {
  return { description: text, content: { 'text/html': { schema: { type: 'string' } }, ...besides } };
}

function pages(...statuses: ProblemStatus[]): ZodOpenApiResponsesObject {
  const text = 'A page that says why nothing was changed.';
  return Object.fromEntries(
    statuses.map((one) => [one, page(text, one === 429 ? { 'application/json': throttled } : {})]),
  );
}

const ask: ZodOpenApiOperationObject = {
  operationId: 'askForTermination',
  summary: 'Carry out a policy on all or some of its servers.',
  ...signed,
  requestBody: { required: true, content: { 'application/json': json(terminationAskSchema) } },
  responses: {
    202: {
      description: 'Accepted; the same answer to the same message.',
      content: { 'application/json': json(acceptedSchema) },
    },
    ...problems(400, 401, 403, 409, 413, 415, 429, 500, 503),
  },
};

const status: ZodOpenApiOperationObject = {
  operationId: 'statusOfTermination',
  summary: 'The status of a run under one of your policies.',
  ...signed,
  responses: {
    200: {
      description: 'The run, or a note that it was accepted and has no plan yet.',
      content: {
        'application/json': {
          schema: z.union([runSchema, pendingSchema]).meta({ unionOneOf: true }),
          examples: { ...examplesOf(runSchema, 'run'), ...examplesOf(pendingSchema, 'pending') },
        },
      },
    },
    ...problems(400, 401, 404, 413, 429, 500, 503),
  },
};

const cancel: ZodOpenApiOperationObject = {
  operationId: 'cancelTermination',
  summary: 'End a run before its next act. Its report says whether that came in time.',
  ...signed,
  requestBody: { required: true, content: { 'application/json': json(cancelSchema) } },
  responses: {
    202: { description: 'Accepted, and the run is woken.', content: { 'application/json': json(cancelledSchema) } },
    ...problems(400, 401, 404, 413, 415, 429, 500, 503),
    409: problem(409, 'The run has ended, or this webhook-id was used for another message.'),
  },
};

const openPage: ZodOpenApiOperationObject = {
  operationId: 'openConfirmPage',
  summary: 'A plain page with the plan and one form. Opening it changes nothing.',
  security: [],
  responses: {
    200: page('The plan, or what was decided.'),
    ...pages(403, 404, 409, 410, 429, 500, 503),
    ...problems(400, 413),
  },
};

const sendForm: ZodOpenApiOperationObject = {
  operationId: 'decide',
  summary: 'Approve or reject the plan, as the person that the link was sent to.',
  ...form(formSchema, { decision: 'approve', reason: 'the demo is over' }),
};

const sendRejection: ZodOpenApiOperationObject = {
  operationId: 'reject',
  summary: 'Reject the plan, with a rate limit of its own. The page sends rejections here.',
  ...form(rejectionSchema, { decision: 'reject', reason: 'the demo goes on' }),
};

function form(schema: z.ZodType, example: object): ZodOpenApiOperationObject {
  return {
    security: [],
    requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema, example } } },
    responses: { 200: page('Noted.'), ...pages(400, 403, 404, 409, 410, 415, 429, 500, 503), ...problems(413) },
  };
}
