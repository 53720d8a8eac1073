import * as z from 'zod';
import type { ChatIdentity } from '../core/identity.ts';

/** Before the ids of people. */
export const NAVER_WORKS_PEOPLE = 'naver-works:';

export const naverWorksIdentity: ChatIdentity = {
  name: 'NAVER WORKS',
  room: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/)
    .meta({
      description: 'Channel id of a NAVER WORKS message room with the bot in it.',
      examples: ['12345a12-b12c'],
    }),
  people: {
    prefix: NAVER_WORKS_PEOPLE,
    /**
     * An e-mail address is taken where a message goes to, but never said: whoever is named so could be sent a link, and would
     * be somebody else where they type.
     */
    id: '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    whatId: 'the user id',
    hint: ' (a UUID; the bot tells it to whoever types help)',
    expected:
      'expected behind naver-works: the user id, a UUID in small letters that the bot tells whoever types help, for example naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e',
    example: 'naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e',
    isAskedByLink: true,
    lookalike: 'naver-?w[o0]rks',
    /** A user id alone. */
    looksLikeId: (letters) => /^[<@(]*(naver-?works)?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}/.test(letters),
  },
};
