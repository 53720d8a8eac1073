/** What the start function is called with, turned into the executions to start. */

import * as z from 'zod';
import { regionOf, requestFor } from '../policies/resolve.ts';
import type { Policies } from '../policies/schema.ts';
import { personIn } from '../termination/person.ts';
import { RequestError, requestSchema, type Trigger } from '../termination/request.ts';
import { executionNameOf } from './execution-name.ts';
import { checked, instantSchema, objectFrom, policyAskSchema } from './order.ts';

export interface StartOrder {
  /** The same for the same event, and different for another: AWS starts one execution of a name. */
  executionName: string;
  /** What {@link import('./order.ts').orderFrom} reads. The same name always comes with the same payload. */
  payload: { requestId: string; trigger: Trigger; askedBy?: string; requestedBy?: string; request: object };
}

/** Input of a policy's EventBridge Scheduler schedule. */
const tickSchema = z.strictObject({
  policy: policyAskSchema.shape.policy,
  scheduledTime: instantSchema.describe('<aws.scheduler.scheduled-time>'),
  schedule: z.string().optional().describe('<aws.scheduler.schedule-arn>, for those who read the log'),
});

/** The envelope of every EventBridge event. Keys may be added by AWS. */
const busEventSchema = z.looseObject({
  // A UUID. No underscore, which marks the names that were cut.
  id: z.string().regex(/^[A-Za-z0-9-]{1,100}$/, "expected the event's id, a UUID"),
  // The rule of a stage takes the events of this stage alone.
  source: z.string().regex(/^banap\.[a-z0-9-]{1,40}$/, 'expected banap and the stage, for example "banap.dev"'),
  'detail-type': z.enum(['Termination Requested', 'Tags Changed']),
  /** The AWS account that put it on the bus; EventBridge writes it, and nobody else can. */
  account: z.string().regex(/^\d{12}$/, 'expected the AWS account, 12 digits'),
  detail: z.looseObject({}, 'expected an object'),
});
type BusEvent = z.infer<typeof busEventSchema>;

const tagsChangedSchema = z.strictObject({
  account: requestSchema.shape.account,
  environment: requestSchema.shape.environment,
  region: requestSchema.shape.region.unwrap().optional(),
  serverInstanceNo: requestSchema.shape.servers.unwrap().element,
});

const EXAMPLES = {
  tick: '{"policy": "nightly-dev", "scheduledTime": "2026-11-23T12:00:00Z"}',
  ask: '{"policy": "nightly-dev", "servers": ["1088217"]}',
  tags: '{"environment": "vpc", "serverInstanceNo": "1088217"}',
};
const BUS_EXAMPLE = `{"source": "banap.dev", "detail-type": "Termination Requested", "id": "…", "account": "111122223333", "detail": ${EXAMPLES.ask}}`;

/** A schedule's tick, or an event of the bus. Throws {@link RequestError}. */
export function ordersFrom(event: unknown, policies: Policies): StartOrder[] {
  const given = objectFrom(event, EXAMPLES.tick);
  if ('detail-type' in given) return fromBus(given, policies);
  if ('scheduledTime' in given || 'schedule' in given) return [fromTick(given, policies)];
  throw new RequestError([
    `the event is neither a schedule's nor one of EventBridge; a request goes to the terminate function, and here belongs for example ${EXAMPLES.tick}`,
  ]);
}

function fromTick(given: object, policies: Policies): StartOrder {
  const { policy, scheduledTime } = checked(tickSchema, given, EXAMPLES.tick);
  mustBeKnown(policy, policies);
  const at = inUtcSeconds(scheduledTime);
  const executionName = executionNameOf(`${policy}-${at.replaceAll(/[-:]/g, '')}`);
  const request = { policy, requestedBy: `schedule ${policy} of ${at}` };
  return { executionName, payload: { requestId: executionName, trigger: 'schedule', request } };
}

/** However it was written, the same tick has one name and one payload. */
function inUtcSeconds(instant: string): string {
  const at = new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');
  if (/^\d{4}-/.test(at)) return at; // otherwise its zone moves it out of the years 0 to 9999
  throw new RequestError([
    `scheduledTime: ${instant} is in no year that has four digits; for example ${EXAMPLES.tick}`,
  ]);
}

function fromBus(given: object, policies: Policies): StartOrder[] {
  if (Reflect.get(given, 'detail-type') === 'Scheduled Event') {
    throw new RequestError([`a schedule without input says nothing; give it an input such as ${EXAMPLES.tick}`]);
  }
  const event = checked(busEventSchema, given, BUS_EXAMPLE);
  return event['detail-type'] === 'Tags Changed' ? fromTags(event, policies) : [fromRequest(event, policies)];
}

/** The detail goes on as it is: what is checked here is checked again before anything is done. */
function fromRequest({ id, account, detail }: BusEvent, policies: Policies): StartOrder {
  const forWhom = 'policy' in detail ? askerOfPolicy(detail, policies) : askerOfRequest({ id, detail }, policies);
  const by = `AWS account ${account}`;
  const who = { askedBy: personIn(forWhom) ?? '', requestedBy: forWhom === '' ? by : `${by} for ${forWhom}` };
  return {
    executionName: executionNameOf(`event-${id}`),
    payload: { requestId: id, trigger: 'event', ...who, request: detail },
  };
}

/** Throws if there is no such policy. */
function askerOfPolicy(detail: object, policies: Policies): string {
  const { policy, requestedBy } = checked(policyAskSchema, detail, EXAMPLES.ask);
  mustBeKnown(policy, policies);
  return requestedBy;
}

/** Throws if it asks for more than a request without a policy may. */
function askerOfRequest({ id, detail }: Pick<BusEvent, 'id' | 'detail'>, policies: Policies): string {
  const order = { requestId: id, trigger: 'event', ask: { kind: 'request', input: detail } } as const;
  return requestFor(order, policies).requestedBy;
}

/** One for each policy that goes by tags where the server is. Whether it selects the server, the run sees. */
function fromTags({ id, detail }: BusEvent, policies: Policies): StartOrder[] {
  const { account, environment, serverInstanceNo, ...place } = checked(tagsChangedSchema, detail, EXAMPLES.tags);
  const region = place.region ?? regionOf(policies.accounts, account);
  const concerned = Object.entries(policies.policies).filter(
    ([, { expiry, select }]) =>
      expiry === 'tags' && select.account === account && select.environment === environment && select.region === region,
  );
  return concerned.map(([policy]) => ({
    executionName: executionNameOf(`event-${id}-${policy}`),
    // The store knows a run by its requestId, so each has its own; no event's id holds a slash.
    payload: {
      requestId: `${id}/${policy}`,
      trigger: 'event',
      request: { policy, servers: [serverInstanceNo], requestedBy: `change of tags, event ${id}` },
    },
  }));
}

function mustBeKnown(policy: string, { policies }: Policies): void {
  if (Object.hasOwn(policies, policy)) return;
  const known = Object.keys(policies).join(', ') || 'none, policies.yml was empty when this was packaged';
  throw new RequestError([`policy: there is no policy ${JSON.stringify(policy)}; known: ${known}`]);
}
