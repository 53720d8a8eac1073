/** The parts of a policy that say who has to agree, and where people see it. */

import * as z from 'zod';
import { MOST_SERVERS } from '../termination/request.ts';

/** With the name of the chat in front; behind it as Slack and NAVER WORKS write it in what they send. */
const approver = z
  .string()
  .max(128)
  .regex(/^(slack:[UW][A-Z0-9]{2,}|naver-works:[A-Za-z0-9._@+-]+)$/);

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
    approvers: z.array(approver).meta({
      description: 'Who may agree: slack: and the member id, or naver-works: and the user id.',
      examples: [['slack:U012ABC', 'naver-works:mina@example.com']],
      minItems: 1,
    }),
    twoAboveServers: servers
      .min(0)
      .optional()
      .meta({ description: 'Two different people must agree to more servers than this.', examples: [10] }),
    selfApproval: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether who asked may also agree.', examples: [false] }),
    expiresAfter: z
      .string()
      .default('24h')
      .meta({ description: 'What nobody agreed to by then is refused; 5 minutes to 14 days.', examples: ['24h'] }),
  })
  .meta({
    description: 'People must agree to a plan before anything is done.',
    examples: [{ when: 'above', aboveServers: 3, approvers: ['slack:U012ABC', 'slack:U034DEF'] }],
  });

export const chatSchema = z
  .strictObject({
    slack: z
      .string()
      .regex(/^[CG][A-Z0-9]{2,20}$/)
      .optional()
      .meta({ description: 'Id (not name) of a Slack channel.', examples: ['C0123456'] }),
    naverWorks: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,100}$/)
      .optional()
      .meta({
        description: 'Channel id of a NAVER WORKS message room with the bot in it.',
        examples: ['12345a12-b12c'],
      }),
  })
  .meta({
    description: 'Where approvals, notices and results are shown; the policy may be used from there.',
    examples: [{ slack: 'C0123456' }],
  });

/** The name of its chat in `chat`, by what a person's id begins with. */
export const CHATS = { slack: 'slack', 'naver-works': 'naverWorks' } as const;
