/** People by their id in a chat: `slack:U012ABC`. What only looks like one must not pass for a name. */

import * as z from 'zod';
import { PEOPLE, peopleOf } from '../chat/identities.ts';
import { drawn } from '../text/folding.ts';

/** With the name of the chat in front. */
const PERSON = new RegExp(`^(${PEOPLE.map(({ prefix, id }) => prefix + id).join('|')})$`);

/** A person's id, as policies name approvers. */
export const personSchema = z
  .string()
  .refine((id) => PERSON.test(id), { error: ({ input }) => expectedId(String(input)) })
  .meta({ pattern: PERSON.source });

function expectedId(given: string): string {
  return peopleOf(given)?.expected ?? `expected ${PERSON_IN_WORDS}, for example ${PEOPLE[0]?.example ?? ''}`;
}

const PERSON_IN_WORDS = PEOPLE.map(({ prefix, whatId }) => `${prefix} and ${whatId}`).join(', or ');

/** The id in `requestedBy`; undefined if it is a name, or nothing. */
export function personIn(requestedBy: string): string | undefined {
  return personSchema.safeParse(requestedBy).data;
}

/** Whether a text names this person by id: without the chat, among other words, however it is spelled. */
export function isNamedIn(text: string, id: string): boolean {
  return lettersOf(text).includes(lettersOf(id.slice(peopleOf(id)?.prefix.length)));
}

function lettersOf(text: string): string {
  return drawn(text).replaceAll(/[^\p{L}\p{N}]/gu, '');
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

const EXPECTED = `looks like the id of a person in a chat and is not exactly one; expected the id and nothing else, for example ${PEOPLE.map(({ example }) => `"${example}"`).join(' or ')}, or only a name`;

/** A chat with something behind it, wherever it stands; or what is an id, or nearly one, in one of them. */
const NAMED = new RegExp(`(${PEOPLE.map(({ lookalike }) => lookalike).join('|')})([:/#@|=]|-?[uw]0)`);

function looksLikeId(text: string): boolean {
  const plain = text.normalize('NFKC').replaceAll(/[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}]/gu, '');
  const letters = drawn(plain);
  return NAMED.test(letters) || PEOPLE.some((people) => people.looksLikeId(letters, plain));
}
