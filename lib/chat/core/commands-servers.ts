import { addDuration, parseDuration } from '../../calendar/duration.ts';
import type { CommandContext, ParsedCommand, Wrong } from './command.ts';
import { withoutParticle } from './commands-strangers.ts';
import { formattedAmong, type Token, withoutMark } from './commands-tokens.ts';
import { takeUntil } from './commands-until.ts';

export const MOST_NAMES = 50;
const MOST_NAME_LENGTH = 256;

interface AboutServers {
  tokens: readonly Token[];
  reason: string;
  context: CommandContext;
  wrong: Wrong;
}

/** For so long a server is kept where nobody says how long. */
const KEEP_DAYS = 7;

export function aboutServers(
  verb: 'plan' | 'terminate' | 'keep' | 'why' | 'release',
  about: AboutServers,
): ParsedCommand {
  const { reason, context, wrong } = about;
  const named = takePolicy(about.tokens);
  if (named === undefined) return wrong('no-policy', '', verb);
  const bare = named.rest.map(withoutParticle);
  const kept = verb === 'keep' ? takeUntil(bare, context) : { ok: true as const, until: undefined, rest: bare };
  if (!kept.ok) return wrong(kept.problem, kept.quoted, verb);
  const marked = joined(kept.rest).find((token) => withoutMark(token).text !== token.text);
  if (marked !== undefined) return wrong('ends-in-mark', marked.text, verb, withoutMark(marked).text);
  const formatted = formattedAmong(joined(kept.rest), [named.policy, reason]);
  if (formatted !== undefined) return wrong('ends-in-mark', formatted.quoted, verb, formatted.bare);
  const names = [...new Set(kept.rest.map((token) => token.text).filter((name) => name !== ''))];
  if (names.length === 0) return wrong('no-names', '', verb);
  if (names.length > MOST_NAMES) return wrong('too-many-names', String(names.length), verb);
  const long = names.find((name) => name.length > MOST_NAME_LENGTH);
  if (long !== undefined) return wrong('long-name', long, verb);
  const { policy } = named;
  if (verb !== 'keep') return { kind: verb, names, policy, reason };
  return { kind: 'keep', names, policy, until: kept.until ?? inDays(KEEP_DAYS, context), reason };
}

/** At most one policy; a pause says why, because others meet it. */
export function aboutPolicy(verb: 'pause' | 'resume', about: AboutServers): ParsedCommand {
  const { reason, context, wrong } = about;
  const named = takePolicy(about.tokens);
  if (named === undefined) return wrong('no-policy', '', verb);
  const kept = verb === 'pause' ? takeUntil(named.rest.map(withoutParticle), context) : undefined;
  if (kept?.ok === false) return wrong(kept.problem, kept.quoted, verb);
  const [first, second] = (kept?.rest ?? named.rest.map(withoutParticle)).map(({ text }) => text);
  const names = [named.policy, first ?? ''].filter((name) => name !== '');
  if (second !== undefined || names.length > 1) return wrong('no-policy', second ?? '', verb);
  const [policy = ''] = names;
  if (verb === 'resume') return { kind: 'resume', policy };
  if (reason === '') return wrong('no-reason', '', verb);
  return { kind: 'pause', policy, until: kept?.until ?? '', reason };
}

function inDays(days: number, { now, timezone }: Pick<CommandContext, 'now' | 'timezone'>): string {
  const parsed = parseDuration(`${days}d`);
  return parsed.ok ? new Date(addDuration(now, parsed.duration, timezone)).toISOString() : '';
}

/** `dev-1 ?` as it would be without the blank. */
function joined(tokens: readonly Token[]): Token[] {
  return tokens.map((token, at) => {
    const next = tokens[at + 1];
    const isMark = next !== undefined && !next.isQuoted && /^[?!.？！。]+$/.test(next.text);
    return isMark ? { text: `${token.text}${next.text}`, isQuoted: false } : token;
  });
}

/** `with nightly-dev`, `정책 nightly-dev`, `nightly-dev 정책으로`; undefined where the name is missing, or given twice. */
function takePolicy(tokens: readonly Token[]): { policy: string; rest: Token[] } | undefined {
  const at = tokens.findIndex(({ text, isQuoted }) => !isQuoted && /^(with|정책|정책으로)$/i.test(text));
  const word = tokens[at];
  if (word === undefined) return { policy: '', rest: [...tokens] };
  const isBehind = word.text === '정책으로';
  const policy = (tokens[isBehind ? at - 1 : at + 1]?.text ?? '').replace(/(?<=[\w-])(?:으로|로)$/, '');
  const rest = tokens.toSpliced(isBehind ? Math.max(0, at - 1) : at, 2);
  const isTwice = rest.some(({ text, isQuoted }) => !isQuoted && /^(with|정책|정책으로)$/i.test(text));
  return policy === '' || isTwice ? undefined : { policy, rest };
}
