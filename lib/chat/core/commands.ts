/** What people type in chat, the same in all of them. Pure: the names are looked up by the caller. */

import { languageOf } from '../../wording/language.ts';
import { clip } from './clip.ts';
import type { CommandContext, ParsedCommand, Wrong, WrongCommand } from './command.ts';
import { aboutPolicy, aboutServers } from './commands-servers.ts';
import { isCourtesy, negatedAmong, strangerAmong, withoutParticle } from './commands-strangers.ts';
import { cutText, type Token, withoutMark } from './commands-tokens.ts';
import { EXAMPLES, nearestVerb, soundsLikeCommand, UNTIL_EXAMPLES, type Verb, verbOf } from './commands-words.ts';

export const MOST_TEXT = 2_000;
const MOST_REASON_LENGTH = 500;

/**
 * `plan NAME…`, `[terminate] NAME…`, `status [ID]`, `cancel ID`, `keep NAME… [for 3d | until 2026-12-31]`, `help`, with
 * `with POLICY` and `because REASON`; in Korean with the command in front or, as the language has it, behind. Without a
 * word that begins a reason everything is names, so that no name is silently taken for a reason.
 */
export function parseCommand(text: string, context: CommandContext): ParsedCommand {
  const language = languageOf(text);
  const wrong: Wrong = (problem, quoted, verb = 'terminate', suggestion = '') => ({
    kind: 'wrong',
    problem,
    quoted: clip(quoted, 60),
    suggestion,
    example: problem === 'bad-date' ? UNTIL_EXAMPLES[language] : EXAMPLES[language][verb],
  });
  if (text.length > MOST_TEXT) return wrong('too-long', '');
  const cut = cutText(text);
  if (!cut.ok) return wrong(cut.problem, cut.quoted);
  const tokens = cut.tokens.filter((token) => !isCourtesy(token));
  if (tokens.length === 0 && cut.reason !== undefined) return wrong('no-names', '');
  const negated = negatedAmong(tokens);
  if (negated !== undefined) return wrong('negated', '', 'keep', ['keep', ...negated].join(' '));
  const found = findVerb(tokens, context, wrong);
  if ('kind' in found) return found;
  const { verb, rest } = found;
  const stray = rest.find((token) => !token.isQuoted && soundsLikeCommand(token.text) !== undefined);
  if (stray !== undefined) return wrong('stray-command', stray.text, verb, soundsLikeCommand(stray.text));
  if (cut.reason === '') return wrong('no-reason', '', verb);
  const reason = cut.reason ?? '';
  if (reason.length > MOST_REASON_LENGTH) return wrong('long-reason', reason, verb);
  if (verb === 'help' || verb === 'holds' || verb === 'next') return { kind: verb };
  if (verb === 'pause' || verb === 'resume') return aboutPolicy(verb, { tokens: rest, reason, context, wrong });
  if (verb === 'status' || verb === 'cancel') return aboutRun(verb, rest, reason, wrong);
  return aboutServers(verb, { tokens: rest, reason, context, wrong });
}

interface Found {
  verb: Verb;
  rest: Token[];
}

function findVerb(tokens: readonly Token[], { needsVerb }: CommandContext, wrong: Wrong): Found | WrongCommand {
  const [first, second] = tokens;
  if (first === undefined || (tokens.length === 1 && first.text === '?')) return { verb: 'help', rest: [] };
  const begins = read(first)?.verb;
  // `terminate plan dev-1`: as the slash command would have it.
  const next = second === undefined ? undefined : read(second)?.verb;
  if (begins === 'terminate' && next !== undefined) return { verb: next, rest: tokens.slice(2) };
  if (begins !== undefined) return { verb: begins, rest: tokens.slice(1) };
  const behind = findBehind(tokens);
  if (behind !== undefined) return behind;
  const strange = strangerAmong(tokens, wrong);
  if (strange !== undefined) return strange;
  const near = first.isQuoted ? undefined : nearestVerb(first.text);
  if (near !== undefined) return wrong('unknown-command', first.text, near.verb, near.word);
  return needsVerb === true ? wrong('unknown-command', first.text) : { verb: 'terminate', rest: [...tokens] };
}

/** `dev-1 반납해 주세요`, `dev-1 반납 계획`; what is written for courtesy is left out already. */
function findBehind(tokens: readonly Token[]): Found | undefined {
  const last = tokens.at(-1);
  const found = last === undefined ? undefined : read(last);
  if (found?.isKorean !== true) return undefined;
  const before = tokens.at(-2);
  const isReturn = before !== undefined && read(before)?.verb === 'terminate';
  return { verb: found.verb, rest: tokens.slice(0, isReturn ? -2 : -1) };
}

function read({ text, isQuoted }: Token): ReturnType<typeof verbOf> {
  return isQuoted ? undefined : verbOf(text);
}

function aboutRun(verb: 'status' | 'cancel', rest: readonly Token[], reason: string, wrong: Wrong): ParsedCommand {
  const [id, second] = rest.map((token) => withoutMark(withoutParticle(token)));
  if (second !== undefined) return wrong('one-id', second.text, verb);
  if (verb === 'status') return { kind: 'status', requestId: id?.text ?? '' };
  return id === undefined ? wrong('no-id', '', verb) : { kind: 'cancel', requestId: id.text, reason };
}
