/** People by their id in a chat: `slack:U012ABC`. What only looks like one must not pass for a name. */

import * as z from 'zod';
import { drawn } from '../text/folding.ts';

/**
 * With the name of the chat in front; behind it, letter by letter, as Slack and NAVER WORKS write it in what they send.
 * NAVER WORKS takes an e-mail address where a message goes to, but never says one: whoever is named so could be sent a
 * link, and would be somebody else where they type.
 */
const PERSON = /^(slack:[UW][A-Z0-9]{2,30}|naver-works:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A person's id, as policies name approvers. */
export const personSchema = z
  .string()
  .refine((id) => PERSON.test(id), { error: ({ input }) => expectedId(String(input)) })
  .meta({ pattern: PERSON.source });

function expectedId(given: string): string {
  if (given.startsWith('naver-works:')) {
    return 'expected behind naver-works: the user id, a UUID in small letters that the bot tells whoever types help, for example naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e';
  }
  if (given.startsWith('slack:')) {
    return 'expected behind slack: the member id in capital letters (in Slack: profile, Copy member ID), for example slack:U012ABC';
  }
  return 'expected slack: and the member id, or naver-works: and the user id, for example slack:U012ABC';
}

/** The id in `requestedBy`; undefined if it is a name, or nothing. */
export function personIn(requestedBy: string): string | undefined {
  return personSchema.safeParse(requestedBy).data;
}

/**
 * Who asked: a person by id, or any name. People may not agree to what they asked for themselves, which holds for exact ids
 * only, so text that is nearly an id is refused rather than taken for a name.
 */
export function requestedBySchema(most: number): z.ZodDefault<z.ZodString> {
  return z
    .string()
    .max(most, `expected at most ${most} characters`)
    .refine((text) => PERSON.test(text) || !looksLikeId(text), EXPECTED)
    .default('');
}

const EXPECTED =
  'looks like the id of a person in a chat and is not exactly one; expected the id and nothing else, for example "slack:U012ABC" or "naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e", or only a name';

/** A chat with something behind it, wherever it stands; a member id of Slack, a mention, or a user id of NAVER WORKS alone. */
function looksLikeId(text: string): boolean {
  const plain = text.normalize('NFKC').replaceAll(/[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}]/gu, '');
  const letters = drawn(plain);
  return (
    /(s[li1]ack|naver-?w[o0]rks)([:/#@|=]|-?[uw]0)/.test(letters) ||
    /^[<@(]*[uw]0[a-z0-9]{3,}\b|^<@/.test(letters) ||
    /^[UW](?=[A-Z0-9]*\d)[A-Z0-9]{6,30}$/.test(plain) ||
    /^[<@(]*(naver-?works)?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}/.test(letters)
  );
}
