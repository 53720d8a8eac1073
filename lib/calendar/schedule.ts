import { Cron } from 'croner';
import { DAY_OF_WEEK, fieldProblems, LAST_YEAR } from './cron-fields.ts';
import { isTimeZone } from './instant.ts';
import { firstInstantOf, wallAt } from './offsets.ts';
import { quoted } from './quoted.ts';
import { fromUnix } from './unix-cron.ts';

/** A schedule as EventBridge Scheduler runs it. */
export interface Schedule {
  /** As Scheduler takes it: names in capitals, one blank between fields. */
  expression: string;
  timezone: string;
  kind: 'cron' | 'rate';
  /**
   * The runs in [from, to): `from` inclusive, `to` exclusive, in order, the first {@link MOST_RUNS} of them. A time that
   * clocks skip has no run, and a time that they show twice has one run, the first. The anchor of a rate is not known
   * here, so its runs are counted from `from`, which is the first.
   */
  runs(from: number, to: number): number[];
}

export type ParsedSchedule = { ok: true; schedule: Schedule } | { ok: false; problem: string };

/** A limit for a schedule of every minute over a range of centuries. */
export const MOST_RUNS = 10_000;

/**
 * `cron(minutes hours day-of-month month day-of-week year)` or `rate(value unit)`, in an IANA zone.
 * Source: EventBridge Scheduler User Guide, "Schedule types". What it does not document is refused.
 */
export function parseSchedule(text: string, timezone: string): ParsedSchedule {
  const trimmed = text.trim();
  if (!isTimeZone(timezone)) {
    return wrong(`${quoted(timezone)} is no time zone; expected an IANA name, for example Asia/Seoul`);
  }
  const [, kind, body] = /^(cron|rate)\((.*)\)$/s.exec(trimmed) ?? [];
  if (kind === 'rate') return parseRate(trimmed, body ?? '', timezone);
  const fields = (body ?? trimmed).trim().split(/\s+/);
  if (fields.length === 5 && !fields.includes('?')) return wrong(unixProblem(trimmed, fields));
  if (kind === 'cron') return parseCron(trimmed, fields, timezone);
  const example = fields.length === 6 && fieldProblems(upper(fields)).length === 0 ? written(fields) : EXAMPLE;
  return wrong(`${quoted(trimmed)} is no schedule; expected cron(…) or rate(…), for example ${example}`);
}

const EXAMPLE = 'cron(0 21 ? * MON-FRI *)';
const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: DAY };
/** Ten years, as for every duration. */
const LONGEST_RATE = 3653 * DAY;

function parseCron(text: string, fields: readonly string[], timezone: string): ParsedSchedule {
  if (fields.length !== 6) {
    const names = 'six fields (minutes hours day-of-month month day-of-week year)';
    return wrong(`${quoted(text)} has ${fields.length}; expected ${names}, for example ${withYear(fields)}`);
  }
  const problems = fieldProblems(upper(fields));
  if (problems.length > 0) return wrong(`${quoted(text)}: ${problems.join('; ')}`);
  const wallClock = cronOf(upper(fields));
  if (wallClock.nextRun(new Date(-1000)) === null) return wrong(neverProblem(text, fields));
  const runs = (from: number, to: number): number[] => cronRuns(wallClock, timezone, from, to);
  return { ok: true, schedule: { expression: written(fields), timezone, kind: 'cron', runs } };
}

/**
 * Croner finds the times as shown by clocks without daylight saving. This code turns them into instants,
 * because croner's own rules for the nights on which clocks change differ from those of AWS.
 */
function cronOf(fields: readonly string[]): Cron {
  const pattern = fields.map((field, index) => {
    if (field === 'L' && index === DAY_OF_WEEK) return '7';
    // Left open, the year would go on after the last one of AWS.
    return index === fields.length - 1 ? field.replace('*', `1970-${LAST_YEAR}`) : field;
  });
  return new Cron(`0 ${pattern.join(' ')}`, {
    mode: '7-part',
    utcOffset: 0,
    alternativeWeekdays: true,
    sloppyRanges: true,
  });
}

function cronRuns(wallClock: Cron, timezone: string, from: number, to: number): number[] {
  const first = Math.ceil(Math.max(from, -DAY));
  const last = Math.min(to, Date.UTC(LAST_YEAR + 1, 0, 2));
  const runs: number[] = [];
  if (!(first < last)) return runs;
  // Clocks differ from UTC, and after a skipped hour from each other, by less than two days.
  const lastWall = last + 2 * DAY;
  let wall = wallClock.nextRun(new Date(Math.ceil(wallAt(first, timezone) / 1000) * 1000 - 1000));
  while (wall !== null && wall.getTime() < lastWall && runs.length < MOST_RUNS) {
    const at = firstInstantOf(wall.getTime(), timezone);
    if (at !== undefined && at >= last) break;
    if (at !== undefined && at >= first) runs.push(at);
    wall = wallClock.nextRun(wall);
  }
  return runs;
}

function parseRate(text: string, body: string, timezone: string): ParsedSchedule {
  const [, value, unit, plural] = /^\s*([1-9]\d*)\s+(minute|hour|day)(s?)\s*$/.exec(body) ?? [];
  const periodMs = Number(value) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (!(periodMs <= LONGEST_RATE) || (value === '1') !== (plural === '')) {
    const units = 'a whole number over 0 and minutes, hours or days (minute, hour or day after 1), at most ten years';
    return wrong(`${quoted(text)} is no rate; expected ${units}, for example rate(1 hour) or rate(5 minutes)`);
  }
  const runs = (from: number, to: number): number[] => {
    const count = Number.isFinite(from) && from < to ? Math.min(Math.ceil((to - from) / periodMs), MOST_RUNS) : 0;
    return Array.from({ length: count }, (_, index) => from + index * periodMs);
  };
  return { ok: true, schedule: { expression: `rate(${value} ${unit}${plural})`, timezone, kind: 'rate', runs } };
}

function upper(fields: readonly string[]): string[] {
  return fields.map((field) => field.toUpperCase());
}

function written(fields: readonly string[]): string {
  return `cron(${upper(fields).join(' ')})`;
}

/** People forget the year. */
function withYear(fields: readonly string[]): string {
  return fieldProblems(upper([...fields, '*'])).length === 0 ? written([...fields, '*']) : EXAMPLE;
}

function unixProblem(text: string, fields: readonly string[]): string {
  const expected =
    'expected the six fields of EventBridge Scheduler (minutes hours day-of-month month day-of-week year)';
  return `${quoted(text)} is cron as Unix writes it; ${expected}, for example ${fromUnix(fields) ?? EXAMPLE}`;
}

function neverProblem(text: string, fields: readonly string[]): string {
  const [, , dayOfMonth, month, dayOfWeek, year] = fields;
  const day = dayOfMonth === '?' ? `day-of-week ${dayOfWeek}` : `day-of-month ${dayOfMonth}`;
  const never = `can never run: no date has ${day}, month ${month} and year ${year}`;
  return `${quoted(text)} ${never}; expected dates that exist, for example ${EXAMPLE}`;
}

function wrong(problem: string): { ok: false; problem: string } {
  return { ok: false, problem };
}
