/** The part of policies.yml that limits requests without a policy. */

import * as z from 'zod';
import { requestSchema } from '../termination/request.ts';

const { storage, publicIp, limits } = requestSchema.shape;
const { maxServers, maxPercent } = limits.unwrap().shape;

export const ceilingsSchema = z
  .strictObject({
    maxServers: maxServers.meta({
      description: 'The most servers that one request may take, and in 24 hours.',
      examples: [5],
    }),
    maxPercent: maxPercent.meta({ description: 'The same in percent of what the account holds.', examples: [10] }),
    storage: storage.meta({
      description: 'The most that a request may do with additional block storage: refuse, detach or delete.',
      examples: ['detach'],
    }),
    publicIp: publicIp.meta({
      description: 'The most that a request may do with public IPs: keep or release.',
      examples: ['keep'],
    }),
    overrideProtection: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether a request may lift termination protection.', examples: [false] }),
  })
  .meta({
    description: 'Requests without a policy may go this far in one account; anything above is refused.',
    examples: [{ maxServers: 5, maxPercent: 10, storage: 'detach' }],
  });

export type Ceilings = z.output<typeof ceilingsSchema>;
