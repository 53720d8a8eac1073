import manifest from '../../package.json' with { type: 'json' };
import { formSchema, rejectionSchema } from '../confirm/form.ts';
import { gatewayMessageSchema, problemSchema } from '../http/problem.ts';
import {
  acceptedSchema,
  cancelledSchema,
  cancelSchema,
  pendingSchema,
  runSchema,
  terminationAskSchema,
} from './bodies.ts';
import { id, signedHeaders, token } from './openapi-parameters.ts';
import {
  answerSchema,
  askSchema,
  everyProblem,
  examplesOf,
  jsonBody,
  jsonResponse,
  MOST_BODY,
  page,
  pages,
  problems,
  reference,
} from './openapi-parts.ts';

/** The text of `schemas/openapi.json`: the HTTP API, from the definitions that check it. */
export function openApiText(): string {
  return `${JSON.stringify(document(), null, 2)}\n`;
}

function document(): object {
  return {
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
        TerminationAsk: askSchema(terminationAskSchema),
        Accepted: answerSchema(acceptedSchema),
        Run: answerSchema(runSchema),
        Pending: answerSchema(pendingSchema),
        Cancel: askSchema(cancelSchema),
        Cancelled: answerSchema(cancelledSchema),
        Decision: askSchema(formSchema),
        Rejection: askSchema(rejectionSchema),
        Problem: answerSchema(problemSchema),
        GatewayMessage: answerSchema(gatewayMessageSchema),
      },
      responses: everyProblem(),
      securitySchemes: {
        standardWebhooks: { type: 'apiKey', in: 'header', name: 'webhook-signature', description: signing },
      },
    },
  };
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
const signed = { security: [{ standardWebhooks: [] }], parameters: signedHeaders };

const ask = {
  operationId: 'askForTermination',
  summary: 'Carry out a policy, on all or some of its servers.',
  ...signed,
  requestBody: jsonBody('TerminationAsk', terminationAskSchema),
  responses: {
    202: jsonResponse('Accepted; the same answer to the same message.', 'Accepted', acceptedSchema),
    ...problems(400, 401, 403, 409, 413, 415, 429, 500, 503),
  },
};

const status = {
  operationId: 'statusOfTermination',
  summary: 'How a run goes, under one of your policies.',
  ...signed,
  responses: {
    200: {
      description: 'The run, or that it was accepted and has no plan yet.',
      content: {
        'application/json': {
          schema: { oneOf: [reference('Run'), reference('Pending')] },
          examples: { ...examplesOf(runSchema, 'run'), ...examplesOf(pendingSchema, 'pending') },
        },
      },
    },
    ...problems(400, 401, 404, 413, 429, 500, 503),
  },
};

const cancel = {
  operationId: 'cancelTermination',
  summary: 'End a run before its next act. Its report says whether that came in time.',
  ...signed,
  requestBody: jsonBody('Cancel', cancelSchema),
  responses: {
    202: jsonResponse('Noted, and the run is woken.', 'Cancelled', cancelledSchema),
    ...problems(400, 401, 404, [409, 'The run has ended, or something else was sent under this webhook-id.'], 413, 415),
    ...problems(429, 500, 503),
  },
};

const openPage = {
  operationId: 'openConfirmPage',
  summary: 'A plain page with the plan and one form. Opening it changes nothing.',
  security: [],
  responses: {
    200: page('The plan, or what was decided.'),
    ...pages(403, 404, 409, 410),
    ...problems(400, 413),
    ...pages(429, 500, 503),
  },
};

const sendForm = {
  operationId: 'decide',
  summary: 'Approve or reject the plan, as the person that the link was sent to.',
  ...form('Decision', { decision: 'approve', reason: 'the demo is over' }),
};

const sendRejection = {
  operationId: 'reject',
  summary: 'Reject the plan, with a rate limit of its own. The page sends rejections here.',
  ...form('Rejection', { decision: 'reject', reason: 'the demo goes on' }),
};

function form(schema: string, example: object): object {
  return {
    security: [],
    requestBody: {
      required: true,
      content: { 'application/x-www-form-urlencoded': { schema: reference(schema), example } },
    },
    responses: { 200: page('Noted.'), ...pages(400, 403, 404, 409, 410, 415, 429, 500, 503), ...problems(413) },
  };
}
