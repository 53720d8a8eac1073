import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { formSchema, rejectionSchema } from '../../lib/confirm/form.ts';
import { gatewayMessageSchema, problemSchema } from '../../lib/http/problem.ts';
import { MOST_BODY_BYTES } from '../../lib/http/request.ts';
import { RUN_ID } from '../../lib/triggers/order.ts';
import {
  acceptedSchema,
  cancelledSchema,
  cancelSchema,
  pendingSchema,
  runSchema,
  terminationAskSchema,
} from '../../lib/webhook/bodies.ts';
import { TOLERANCE_SECONDS, WEBHOOK_ID, WEBHOOK_TIMESTAMP } from '../../lib/webhook/verify.ts';
import { openApiText } from '../../scripts/openapi.ts';

interface Operation {
  responses: Record<string, object>;
  requestBody?: object;
}

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses: Record<string, object> };
}

/** What callers send; the others are answers. */
const SENT = ['TerminationAsk', 'Cancel', 'Decision', 'Rejection'];

const document = JSON.parse(openApiText()) as OpenApi;
const SCHEMAS: Record<string, z.ZodType> = {
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
};

it('is OpenAPI 3.1 with every path', () => {
  expect(document.openapi).toBe('3.1.0');
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => key !== 'parameters')
      .map((method) => `${method} ${path}`),
  );
  expect(all).toEqual([
    'post /terminations',
    'get /terminations/{id}',
    'post /terminations/{id}/cancel',
    'get /confirm/{token}',
    'post /confirm/{token}',
    'post /confirm/{token}/reject',
  ]);
});

it("every operation may be answered 429 by API Gateway, in its own JSON and not as the function's 429", () => {
  const problem = document.components.responses['Problem429'] ?? {};
  const answers = Object.values(document.paths).flatMap(({ parameters: _shared, ...item }) =>
    Object.values(item).map(({ responses }) => {
      const answer = responses['429'] ?? {};
      return '$ref' in answer ? problem : answer;
    }),
  );
  expect(answers).toHaveLength(6);
  const own = { schema: { $ref: '#/components/schemas/GatewayMessage' } };
  for (const answer of answers) expect(answer).toMatchObject({ content: { 'application/json': own } });
  expect(problem).toMatchObject({ content: { 'application/problem+json': expect.anything() } });
});

it('every reference leads somewhere', () => {
  const references = [...openApiText().matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) => path);
  expect(references.length).toBeGreaterThan(20);
  const lost = references.filter(
    (path) => path.split('/').reduce<unknown>((at, key) => Reflect.get(Object(at), key), document) === undefined,
  );
  expect(lost).toEqual([]);
});

it.each(Object.keys(document.components.schemas))('the schema %s is the one that checks', (name) => {
  const io = SENT.includes(name) ? 'input' : 'output';
  const { $schema: _dialect, ...schema } = z.toJSONSchema(SCHEMAS[name] ?? z.never(), { io });
  expect(document.components.schemas[name]).toEqual(JSON.parse(JSON.stringify(schema)));
});

it('the objects of an answer have exactly the keys that are documented', () => {
  const open = Object.entries(document.components.schemas)
    .filter(([name]) => !SENT.includes(name) && name !== 'GatewayMessage') // API Gateway's own
    .flatMap(([name, schema]) => openObjectsIn(schema).map((object) => [name, object]));
  expect(open).toEqual([]);
});

function openObjectsIn(at: unknown): object[] {
  if (typeof at !== 'object' || at === null) return [];
  const isOpen = 'properties' in at && !('additionalProperties' in at && at.additionalProperties === false);
  return [...(isOpen ? [at] : []), ...Object.values(at).flatMap(openObjectsIn)];
}

it('ids, message ids and times have the patterns that are checked, and limits are named as they are', () => {
  const text = openApiText();
  for (const pattern of [RUN_ID, WEBHOOK_ID, WEBHOOK_TIMESTAMP])
    expect(text).toContain(`"pattern": ${JSON.stringify(pattern.source)}`);
  expect(new Set(text.match(/\d+ KB/g))).toEqual(new Set([`${MOST_BODY_BYTES / 1024} KB`]));
  expect(text).toContain(`more than ${TOLERANCE_SECONDS / 60} minutes off`);
});

/** Every example in the document, with the schema beside it. */
function examples(at: unknown): [schema: string, value: unknown][] {
  if (typeof at !== 'object' || at === null) return [];
  const { schema, examples: several = {}, example } = at as Record<string, unknown>;
  const below = Object.values(at).flatMap(examples);
  const names = [...JSON.stringify(schema ?? {}).matchAll(/schemas\/(\w+)/g)].map(([, name = '']) => name).join('|');
  if (names === '') return below;
  const values = Object.values(several as Record<string, { value: unknown }>).map(({ value }) => value);
  return [
    ...below,
    ...[...values, ...(example === undefined ? [] : [example])].map((v) => [names, v] as [string, unknown]),
  ];
}

describe('every example', () => {
  const all = examples({ paths: document.paths, responses: document.components.responses });

  it('is there: of every body and every problem', () => {
    expect(new Set(all.flatMap(([names]) => names.split('|')))).toEqual(new Set(Object.keys(SCHEMAS)));
  });

  it.each(all)('of %s is taken by it: %j', (names, value) => {
    expect(names.split('|').some((name) => SCHEMAS[name]?.safeParse(value).success === true)).toBe(true);
  });
});
