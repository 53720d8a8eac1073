/** Parameters of the OpenAPI description, as those who read them check them. */

import { RUN_ID } from '../triggers/order.ts';
import { TOLERANCE } from './openapi-parts.ts';
import { REMEMBERED_SECONDS } from './terminations.ts';
import { WEBHOOK_ID, WEBHOOK_TIMESTAMP } from './verify.ts';

export const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: RUN_ID.source } };
export const token = {
  name: 'token',
  in: 'path',
  required: true,
  description: 'From the message that asked for a decision; signed, and of use until it expires.',
  schema: { type: 'string' },
};

export const signedHeaders = [
  {
    name: 'webhook-id',
    in: 'header',
    required: true,
    description: `Names the message. Sent again with the same body it changes nothing; for at least ${REMEMBERED_SECONDS / 86_400} days.`,
    schema: { type: 'string', pattern: WEBHOOK_ID.source },
    example: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
  },
  {
    name: 'webhook-timestamp',
    in: 'header',
    required: true,
    description: `Seconds since the epoch; refused when more than ${TOLERANCE} off.`,
    schema: { type: 'string', pattern: WEBHOOK_TIMESTAMP.source },
    example: '1795435200',
  },
];
