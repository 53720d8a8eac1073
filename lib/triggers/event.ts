/** What AWS hands to the function, turned into a termination request. Nothing is guessed: an unknown key is an error. */

import * as z from 'zod';
import { parseRequest, RequestError, type TerminationRequest, type Trigger } from '../termination/request.ts';

/** Input of an EventBridge Scheduler schedule, with the scheduler's own context attributes. */
const scheduleSchema = z.strictObject({
  schedule: z.string().min(1).describe('<aws.scheduler.schedule-arn>, or a name'),
  scheduledTime: z.string().optional().describe('<aws.scheduler.scheduled-time>'),
  executionId: z.string().optional().describe('<aws.scheduler.execution-id>'),
  request: z.unknown(),
});

/** The envelope of every EventBridge event. Keys may be added by AWS. */
const busEventSchema = z.looseObject({
  id: z.string().min(1),
  source: z.string(),
  'detail-type': z.string(),
  detail: z.unknown(),
});

/** AWS takes no larger asynchronous event. */
const MOST_BYTES = 256 * 1024;

/** `requestId` names the request where the event brings no name of its own. Throws {@link RequestError}. */
export function requestFromEvent(event: unknown, requestId: string): TerminationRequest {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new RequestError([
      'the event is not an object; expected for example {"environment": "vpc", "servers": ["1088217"]}',
    ]);
  }
  if (Buffer.byteLength(JSON.stringify(event)) > MOST_BYTES) {
    throw new RequestError([`the event is larger than ${MOST_BYTES} bytes; split the request`]);
  }
  if ('detail-type' in event) return fromBus(event);
  if ('schedule' in event) return fromSchedule(event, requestId);
  return parse(event, requestId, 'invocation');
}

function fromBus(event: object): TerminationRequest {
  const parsed = busEventSchema.safeParse(event);
  if (!parsed.success) throw new RequestError(['the EventBridge event lacks one of id, source, detail-type, detail']);
  const { id, detail } = parsed.data;
  if (parsed.data['detail-type'] === 'Scheduled Event') {
    throw new RequestError([
      'a schedule without input says nothing; give it an Input such as {"schedule": "nightly", "request": {…}}',
    ]);
  }
  return parse(detail, id, 'event');
}

function fromSchedule(event: object, requestId: string): TerminationRequest {
  const parsed = scheduleSchema.safeParse(event);
  if (!parsed.success || parsed.data.request === undefined) {
    const keys = Object.keys(event).filter((key) => !Object.hasOwn(scheduleSchema.shape, key));
    const unknown = keys.length === 0 ? '' : `${keys.join(', ')} belongs inside "request" or nowhere; `;
    throw new RequestError([
      `${unknown}a schedule's input is {"schedule": "nightly", "request": {"environment": "vpc", "names": ["dev-*"]}}`,
    ]);
  }
  const { schedule, scheduledTime, executionId, request } = parsed.data;
  const parsedRequest = parse(request, executionId || requestId, 'schedule');
  const name = schedule.split('/').at(-1) ?? schedule;
  return {
    ...parsedRequest,
    requestedBy: parsedRequest.requestedBy || `schedule ${name}${scheduledTime ? ` of ${scheduledTime}` : ''}`,
  };
}

function parse(input: unknown, requestId: string, trigger: Trigger): TerminationRequest {
  return parseRequest(input, { requestId, trigger });
}
