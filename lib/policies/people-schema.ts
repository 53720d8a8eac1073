/** The parts of a policy about approval, and about where people see it. */

import * as z from 'zod';
import { forEachChat, IDENTITIES, PEOPLE } from '../chat/identities.ts';
import { personSchema } from '../termination/person.ts';
import { MOST_SERVERS } from '../termination/request.ts';

const servers = z.int().max(MOST_SERVERS);

export const approvalSchema = z
  .strictObject({
    when: z
      .enum(['always', 'above'])
      .default('always')
      .meta({ description: 'above: only for more servers than aboveServers.', examples: ['always'] }),
    aboveServers: servers
      .min(1)
      .optional()
      .meta({ description: 'With when: above. Asked for when a plan touches more servers than this.', examples: [3] }),
    approvers: z.array(z.union([personSchema, z.array(personSchema).meta({ minItems: 1 })])).meta({
      description: `Who may agree: ${PEOPLE.map(({ prefix, whatId, hint }) => `${prefix} and ${whatId}${hint}`).join(', or ')}. A list of several ids is one person.`,
      examples: [['slack:U034DEF', ['slack:U012ABC', 'naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e']]],
      minItems: 1,
    }),
    twoAboveServers: servers
      .min(0)
      .optional()
      .meta({ description: 'Two different people must agree to more servers than this.', examples: [10] }),
    selfApproval: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether the person who asked may also approve.', examples: [false] }),
    expiresAfter: z
      .string()
      .default('24h')
      .meta({
        description: 'A plan that is not approved by then is refused; 5 minutes to 14 days.',
        examples: ['24h'],
      }),
  })
  .meta({
    description: 'People must approve a plan before anything is done; without this, no approval is needed.',
    examples: [{ when: 'above', aboveServers: 3, approvers: ['slack:U012ABC', 'slack:U034DEF'] }],
  });

export const chatSchema = z.strictObject(forEachChat((id) => IDENTITIES[id].room.optional())).meta({
  description: 'Where approvals, notices and results are shown; the policy may be used from there.',
  examples: [{ slack: 'C0123456' }],
});
