/** Until when servers are kept: `for 3 days`, `until 2026-12-31`, `3일 동안`, `2026-12-31까지`. */

import { addDuration, parseDuration } from '../../calendar/duration.ts';
import { parseWhen } from '../../calendar/instant.ts';
import type { Token } from './commands-tokens.ts';

export type Until =
  /** RFC 3339 in UTC; empty: for ever; undefined: nothing is said of it. `rest`: the words that are not about time. */
  | { ok: true; until: string | undefined; rest: Token[] }
  | { ok: false; problem: 'bad-time' | 'bad-date' | 'two-times' | 'past-time'; quoted: string };

export function takeUntil(tokens: readonly Token[], { now, timezone }: { now: number; timezone: string }): Until {
  const rest: Token[] = [];
  const spans: Span[] = [];
  for (let at = 0; at < tokens.length; ) {
    const span = spanAt(tokens, at);
    if (span === undefined) rest.push(...tokens.slice(at, at + 1));
    else spans.push(span);
    at += span?.length ?? 1;
  }
  const [span, second] = spans;
  if (span === undefined) return { ok: true, until: undefined, rest };
  const unclear = spans.find((one) => endOf(one, now, timezone) === undefined);
  if (unclear !== undefined) {
    return { ok: false, problem: unclear.kind === 'date' ? 'bad-date' : 'bad-time', quoted: unclear.quoted };
  }
  if (second !== undefined) return { ok: false, problem: 'two-times', quoted: second.quoted };
  const end = endOf(span, now, timezone) ?? Infinity;
  if (end <= now) return { ok: false, problem: 'past-time', quoted: span.quoted };
  const until = end === Infinity ? '' : new Date(Math.min(end, LAST_INSTANT)).toISOString();
  return { ok: true, until, rest };
}

/** RFC 3339 has years of four digits; the end of the last day has five. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** So many tokens that say how long, or until when. */
interface Span {
  length: number;
  kind: 'duration' | 'date' | 'ever';
  /** For lib/calendar. */
  value: string;
  quoted: string;
}

function endOf({ kind, value }: Span, now: number, timezone: string): number | undefined {
  if (kind === 'ever') return Infinity;
  if (kind === 'date') {
    const when = parseWhen(value, timezone);
    return when.ok ? when.at.endsAt : undefined;
  }
  const parsed = parseDuration(value);
  return parsed.ok ? addDuration(now, parsed.duration, timezone) : undefined;
}

function spanAt(tokens: readonly Token[], at: number): Span | undefined {
  const [first, second, third] = [0, 1, 2].map((away) => wordAt(tokens, at + away));
  if (first === undefined) return undefined;
  if (/^(forever|계속|영구|무기한)$/i.test(first)) return { length: 1, kind: 'ever', value: '', quoted: first };
  if (/^(until|till)$/i.test(first)) {
    return { length: second === undefined ? 1 : 2, kind: 'date', value: second ?? '', quoted: second ?? first };
  }
  return /^for$/i.test(first) ? english(first, second, third) : korean(first, second, third);
}

function wordAt(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at];
  return token === undefined || token.isQuoted ? undefined : token.text;
}

function english(first: string, second = '', third = ''): Span {
  if (/^ever$/i.test(second)) return { length: 2, kind: 'ever', value: '', quoted: second };
  const count = /^(a|an|one)$/i.test(second) ? '1' : second;
  const unit = /^\d+$/.test(count) ? unitOf(third) : undefined;
  if (unit !== undefined) return { length: 3, kind: 'duration', value: unit(count), quoted: `${second} ${third}` };
  // `for 3 bananas`: no time, and no name either.
  if (/^\d+$/.test(count) && /^(?!with$|until$|till$)\p{L}+$/iu.test(third)) {
    return { length: 3, kind: 'duration', value: '', quoted: `${second} ${third}` };
  }
  return { length: second === '' ? 1 : 2, kind: 'duration', value: second, quoted: second || first };
}

/** `동안` may stand by itself after it, as `까지` may. */
function korean(first: string, second = '', third = ''): Span | undefined {
  const [, day] = /^(.*)까지만?$/s.exec(first) ?? [];
  if (day !== undefined) return { length: 1, kind: 'date', value: day, quoted: first };
  if (/^\d+월$/.test(first) && /^\d+일까지만?$/.test(second)) {
    return { length: 2, kind: 'date', value: `${first} ${second}`, quoted: `${first} ${second}` };
  }
  if (second === '까지') return { length: 2, kind: 'date', value: first, quoted: `${first} ${second}` };
  const named = NAMED.get(first.replace(/(간|동안|만)$/, ''));
  const [, count = '', unit = ''] = /^(\d+)(\D+?)(?:간|동안|만)?$/.exec(first) ?? [];
  const isParted = /^\d+$/.test(first) && /^(분|시간|일|주일?|개월|달)(간|동안)?$/.test(second);
  const value =
    named ?? (isParted ? unitOf(second.replace(/(간|동안)$/, '').replace(/^시$/, '시간'))?.(first) : undefined);
  const own = value ?? (/[가-힣]/.test(unit) ? unitOf(unit === '시' ? '시간' : unit)?.(count) : undefined);
  // `3바나나`: no name begins so.
  if (own === undefined && /^\d+[가-힣]+$/.test(first))
    return { length: 1, kind: 'duration', value: '', quoted: first };
  if (own === undefined) return undefined;
  const words = isParted ? 2 : 1;
  const after = isParted ? third : second;
  return { length: words + (/^(간|동안)$/.test(after) ? 1 : 0), kind: 'duration', value: own, quoted: first };
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['하루', '1d'],
  ['이틀', '2d'],
  ['일주일', '7d'],
  ['한달', 'P1M'],
]);

const UNITS: [RegExp, (count: string) => string][] = [
  [/^(m|min|mins|minutes?|분)$/i, (count) => `${count}m`],
  [/^(h|hours?|시간)$/i, (count) => `${count}h`],
  [/^(d|days?|일)$/i, (count) => `${count}d`],
  [/^(w|weeks?|주|주일)$/i, (count) => `${count}w`],
  [/^(months?|개월|달)$/i, (count) => `P${count}M`],
];

function unitOf(word: string): ((count: string) => string) | undefined {
  return UNITS.find(([pattern]) => pattern.test(word))?.[1];
}
