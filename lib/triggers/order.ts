/** What starts one execution of the durable function, checked. Nothing is guessed: an unknown key is an error. */

import * as z from 'zod';
import type { Order } from '../policies/resolve.ts';
import { personIn } from '../termination/person.ts';
import { MOST_SERVERS, RequestError, requestSchema } from '../termination/request.ts';

/** What people and events write when they ask for a policy. */
export const policyAskSchema = z.strictObject({
  policy: z.string('expected the name of a policy').min(1, 'expected the name of a policy').max(100, 'is too long'),
  // An empty list is refused: a program that computed one meant no server, and would get all that the policy selects.
  servers: requestSchema.shape.servers
    .unwrap()
    .min(1, 'expected at least one server; leave it out for all that the policy selects')
    .max(MOST_SERVERS, `expected at most ${MOST_SERVERS} servers`)
    .optional(),
  mode: z.enum(['plan', 'terminate']).optional(),
  reason: requestSchema.shape.reason,
  requestedBy: requestSchema.shape.requestedBy,
});

/** RFC 3339: with seconds and zone. */
export const instantSchema = z.iso.datetime({
  offset: true,
  error: 'expected a time as RFC 3339 writes it, for example "2026-11-23T12:00:00Z"',
});

/** Of a run, wherever it is named. */
export const RUN_ID = /^[A-Za-z0-9_.:/-]{1,200}$/;

/** What our own functions hand over. They know who asked, whatever the request says of that. */
const envelopeSchema = z.strictObject({
  requestId: z.string().regex(RUN_ID, 'expected 1 to 200 letters, digits and _ . : / -, for example "nightly-dev-1"'),
  trigger: z.enum(['schedule', 'event', 'webhook', 'chat']),
  /** Who may not agree to it; where it is left out, the person that the request names. */
  askedBy: z.string().max(200).optional(),
  /** The same in words, for those who read reports. */
  requestedBy: z.string().max(300).optional(),
  request: z.looseObject({}, 'expected an object'),
});

const EXAMPLES = {
  envelope:
    '{"requestId": "nightly-dev-20261123T120000Z", "trigger": "schedule", "request": {"policy": "nightly-dev"}}',
  ask: '{"policy": "nightly-dev", "servers": ["1088217"], "mode": "plan"}',
  event: '{"policy": "nightly-dev"} or {"environment": "vpc", "servers": ["1088217"]}',
};

/**
 * The envelope of the start function, a policy that somebody asks for, or a raw request (anything else; `parseRequest`
 * checks it). `fallbackRequestId` names the run where the event brings no name. Throws {@link RequestError}.
 */
export function orderFrom(event: unknown, fallbackRequestId: string): Order {
  const given = objectFrom(event, EXAMPLES.event);
  if ('detail-type' in given) throw misdirected("an EventBridge event's");
  if ('scheduledTime' in given || 'schedule' in given) throw misdirected("a schedule's");
  if ('request' in given) return fromEnvelope(given);
  return { requestId: fallbackRequestId, trigger: 'invocation', ask: askFrom(given, {}) };
}

function misdirected(whose: string): RequestError {
  return new RequestError([
    `${whose} target is the start function, not this one; expected here for example ${EXAMPLES.event}`,
  ]);
}

function fromEnvelope(given: object): Order {
  const { requestId, trigger, request, ...who } = checked(envelopeSchema, given, EXAMPLES.envelope);
  return { requestId, trigger, ask: askFrom(request, who) };
}

/** A raw request is checked later, by `parseRequest`. */
function askFrom(input: object, who: Who): Order['ask'] {
  if (!('policy' in input)) return { kind: 'request', input, ...named(who.requestedBy) };
  const { servers = [], mode, ...rest } = checked(policyAskSchema, input, EXAMPLES.ask);
  const askedBy = who.askedBy ?? personIn(rest.requestedBy) ?? '';
  return { kind: 'policy', ask: { ...rest, ...named(who.requestedBy), servers: [...new Set(servers)], mode, askedBy } };
}

type Who = Pick<z.output<typeof envelopeSchema>, 'askedBy' | 'requestedBy'>;

function named(requestedBy: string | undefined): { requestedBy?: string } {
  return requestedBy === undefined ? {} : { requestedBy };
}

/** AWS hands no larger event to a durable execution. */
const MOST_BYTES = 256 * 1024;

export function objectFrom(event: unknown, example: string): object {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new RequestError([`the event is not an object; expected for example ${example}`]);
  }
  if (Buffer.byteLength(JSON.stringify(event)) > MOST_BYTES) {
    throw new RequestError([`the event is larger than ${MOST_BYTES} bytes; split the request`]);
  }
  return event;
}

/** Every problem at once, each with its key, and one example of what is right. */
export function checked<T>(schema: z.ZodType<T>, input: unknown, example: string): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(problem);
  throw new RequestError([...problems.slice(0, -1), `${problems.at(-1)}; expected for example ${example}`]);
}

function problem(issue: z.core.$ZodIssue): string {
  const at = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  if (issue.code === 'unrecognized_keys') return `${at}unknown key ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_value')
    return `${at}expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  return `${at}${issue.message.replace(/^(Invalid input|Too big|Too small): /, '')}`;
}
