import * as z from 'zod';
import type { ChatIdentity } from '../core/identity.ts';

/** Before the ids of people. */
export const SLACK_PEOPLE = 'slack:';

export const slackIdentity: ChatIdentity = {
  name: 'Slack',
  room: z
    .string()
    .regex(/^[CG][A-Z0-9]{2,20}$/)
    .meta({ description: 'Id (not name) of a Slack channel.', examples: ['C0123456'] }),
  people: {
    prefix: SLACK_PEOPLE,
    id: '[UW][A-Z0-9]{2,30}',
    whatId: 'the member id',
    hint: '',
    expected:
      'expected behind slack: the member id in capital letters (in Slack: profile, Copy member ID), for example slack:U012ABC',
    example: 'slack:U012ABC',
    isAskedByLink: false,
    lookalike: 's[li1]ack',
    /** A mention, or a member id alone. */
    looksLikeId: (letters, plain) =>
      /^[<@(]*[uw]0[a-z0-9]{3,}\b|^<@/.test(letters) || /^[UW](?=[A-Z0-9]*\d)[A-Z0-9]{6,30}$/.test(plain),
  },
};
