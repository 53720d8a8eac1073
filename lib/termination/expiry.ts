/**
 * What people wrote on a server about its end: `terminate-at` (an instant or a date), `ttl` (how long after its creation)
 * and `keep` (for ever, or until). What cannot be understood never ends anything; it is named, with an example.
 */

import { addDuration, parseDuration } from '../calendar/duration.ts';
import { parseWhen } from '../calendar/instant.ts';
import type { Server, TagKeys, Tags } from './model.ts';
import { oneLine } from './one-line.ts';

export interface Expiry {
  /** In force now; undefined where there is no keep tag or its time is over. */
  keep:
    | { /** Milliseconds since the epoch; undefined: for ever. */ until: number | undefined; reason: string }
    | undefined;
  /** Milliseconds since the epoch; undefined where no tag says when, or one that does cannot be understood. */
  dueAt: number | undefined;
  /** The tag that says so, as in `ttl 7d`. */
  dueBy: string;
  /** What cannot be understood, one sentence each: somebody has to look at it. */
  attention: string[];
}

export interface ExpiryRules {
  tagKeys: TagKeys;
  timezone: string;
}

/** `now` in milliseconds since the epoch. */
export function expiryOf(server: Pick<Server, 'createDate'>, tags: Tags, rules: ExpiryRules, now: number): Expiry {
  const keep = keepOf(tags, rules, now);
  const due = dueOf(server, tags, rules);
  return {
    keep: keep.keep,
    dueAt: due.problems.length === 0 ? due.at : undefined,
    dueBy: due.by,
    attention: [...keep.problems, ...due.problems],
  };
}

/** Whether tags end it now: its time has come and nothing about it is unclear. Keeping is another rule's business. */
export function isDue({ dueAt }: Expiry, now: number): boolean {
  return dueAt !== undefined && dueAt <= now;
}

/**
 * `until 2026-12-31 demo`, `2026-12-31 demo`, `demo`. Anything else that somebody wrote under this key keeps the server
 * for ever, "false" and a date that does not exist included: who writes there does not want it taken.
 */
function keepOf(
  tags: Tags,
  { tagKeys, timezone }: ExpiryRules,
  now: number,
): { keep: Expiry['keep']; problems: string[] } {
  const written = keptBy(tags, tagKeys.keep);
  if (written === undefined) return { keep: undefined, problems: [] };
  const [, first = '', rest = ''] = /^(?:until\s+)?(\S*)\s*(.*)$/isu.exec(written.trim()) ?? [];
  if (!LIKE_A_DATE.test(first)) {
    const unclear = NO.test(written.trim());
    const problem = `${tagKeys.keep} "${oneLine(written, 40)}" keeps it for ever; to let it go, remove the tag`;
    return { keep: { until: undefined, reason: oneLine(written.trim(), 256) }, problems: unclear ? [problem] : [] };
  }
  const parsed = parseWhen(first, timezone);
  if (!parsed.ok) {
    const problem = `${tagKeys.keep} "${oneLine(written, 40)}" keeps it for ever: ${parsed.problem}`;
    return { keep: { until: undefined, reason: oneLine(written.trim(), 256) }, problems: [problem] };
  }
  if (LIKE_A_RANGE.test(rest)) {
    const problem = `${tagKeys.keep} "${oneLine(written, 40)}" keeps it for ever; expected one date, for example until 2026-12-31`;
    return { keep: { until: undefined, reason: oneLine(written.trim(), 256) }, problems: [problem] };
  }
  // Until a day means with that day.
  const until = parsed.at.endsAt;
  return { keep: until > now ? { until, reason: oneLine(rest, 256) } : undefined, problems: [] };
}

/** A second date, or a word that announces one: which of them ends it, nobody can tell. */
const LIKE_A_RANGE = /^(?:~|-|–|—|to\b|till\b|until\b|부터|까지)|\d{4}-\d{2}/iu;
const LIKE_A_DATE = /^[+-]?\d/u;
const NO = /^(?:no|false|off|0|n|none|아니오|아니요)$/iu;

/** An instant that somebody chose beats a lifetime that may come from a template. */
function dueOf(
  server: Pick<Server, 'createDate'>,
  tags: Tags,
  { tagKeys, timezone }: ExpiryRules,
): { at: number | undefined; by: string; problems: string[] } {
  const terminateAt = valueOf(tags, tagKeys.terminateAt);
  const ttl = valueOf(tags, tagKeys.ttl);
  const when = terminateAt === undefined ? undefined : parseWhen(terminateAt.trim(), timezone);
  const lifetime = ttl === undefined ? undefined : parseDuration(ttl);
  const createdAt = Date.parse(server.createDate);
  const problems = [
    ...(when?.ok === false ? [`${tagKeys.terminateAt}: ${when.problem}`] : []),
    ...(lifetime?.ok === false ? [`${tagKeys.ttl}: ${lifetime.problem}`] : []),
    ...(lifetime?.ok === true && Number.isNaN(createdAt) ? [`${tagKeys.ttl}: NCP gives no creation date`] : []),
  ];
  if (when?.ok === true) return { at: when.at.startsAt, by: said(tagKeys.terminateAt, terminateAt), problems };
  if (lifetime?.ok === true && problems.length === 0) {
    return { at: addDuration(createdAt, lifetime.duration, timezone), by: said(tagKeys.ttl, ttl), problems };
  }
  return { at: undefined, by: '', problems };
}

function said(key: string, value = ''): string {
  return `${key} ${oneLine(value.trim(), 40)}`;
}

/** However it is spelt: who wrote something like `Keep` does not want it taken. */
function keptBy(tags: Tags, key: string): string | undefined {
  const wanted = key.trim().toLowerCase();
  return valueOf(tags, key) ?? Object.entries(tags).find(([name]) => name.trim().toLowerCase() === wanted)?.[1];
}

function valueOf(tags: Tags, key: string): string | undefined {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}
