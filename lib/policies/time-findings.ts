/** Invalid time zones, schedules that never fire, windows that never open, and waits that are too long. */

import { fixedSeconds, parseDuration } from '../calendar/duration.ts';
import { coveredYears } from '../calendar/holidays.ts';
import { isTimeZone } from '../calendar/instant.ts';
import { quoted } from '../calendar/quoted.ts';
import { parseSchedule } from '../calendar/schedule.ts';
import { windowAt } from '../calendar/window.ts';
import { DEFAULT_TIMEZONE } from '../termination/rules.ts';
import { nearest } from '../text/nearest.ts';
import { closedInEnglish, timeProblemInEnglish } from '../wording/say.ts';
import { type Finding, repeated } from './finding.ts';
import { windowOf } from './resolve.ts';
import type { Policy } from './schema.ts';
import type { Sound } from './sound.ts';

/** `path` is that of the policy; `now` in milliseconds since the epoch. */
export function timeFindings(policy: Sound<Policy>, path: readonly PropertyKey[], now: number): Finding[] {
  const { timezone = DEFAULT_TIMEZONE, schedule, grace } = policy;
  const isZone = isTimeZone(timezone);
  const zone = isZone ? timezone : DEFAULT_TIMEZONE;
  return [
    ...(isZone ? [] : [{ path: [...path, 'timezone'], message: unknownZone(timezone) }]),
    ...(schedule === undefined ? [] : scheduleFindings(schedule, zone, [...path, 'schedule'], now)),
    ...windowFindings(policy, zone, path, now),
    ...holidayFindings(policy, zone, [...path, 'holidays'], now),
    ...(grace?.stopFor === undefined ? [] : graceFindings(grace.stopFor, [...path, 'grace', 'stopFor'])),
    ...(grace !== undefined && Object.keys(grace).length === 0 ? [emptyGrace([...path, 'grace'])] : []),
  ];
}

function unknownZone(given: string): string {
  const meant = nearest(given, Intl.supportedValuesOf('timeZone'));
  return `${quoted(given)} is no IANA time zone; ${meant === undefined ? 'expected for example Asia/Seoul' : `did you mean ${meant}?`}`;
}

const DAY = 86_400_000;
/** Looked at from short to long, because a schedule may fire every minute. */
const SPANS = [DAY, 40 * DAY, 400 * DAY, 5 * 366 * DAY];

function scheduleFindings(text: string, timezone: string, path: readonly PropertyKey[], now: number): Finding[] {
  const parsed = parseSchedule(text, timezone);
  if (!parsed.ok) return [{ path, message: parsed.problem }];
  const { schedule } = parsed;
  if (schedule.kind === 'rate' || SPANS.some((span) => schedule.runs(now, now + span).length > 0)) return [];
  return [
    {
      path,
      message: `${text} does not fire within the next five years; expected for example cron(0 21 ? * MON-FRI *)`,
    },
  ];
}

function windowFindings(policy: Sound<Policy>, timezone: string, path: readonly PropertyKey[], now: number): Finding[] {
  const { days, from, to } = policy.window ?? {};
  const twice = repeated(days ?? []).map((day) => ({
    path: [...path, 'window', 'days'],
    message: `${day} is listed twice; name each day once`,
  }));
  if (from !== undefined && from === to) {
    const message = `from and to are both ${from}; for the whole day write from: '00:00' and to: '24:00'`;
    return [...twice, { path: [...path, 'window'], message }];
  }
  const { calendar, dates } = policy.holidays ?? {};
  const isWhole = days !== undefined && from !== undefined && to !== undefined;
  if ((policy.window !== undefined && !isWhole) || (policy.holidays !== undefined && (!calendar || !dates)))
    return twice;
  const window = windowOf({
    timezone,
    window: isWhole ? { days, from, to } : undefined,
    holidays: calendar && dates ? { calendar, dates } : undefined,
  });
  const state = window === null ? undefined : windowAt(window, now);
  if (state === undefined || state.open || state.opensAt !== undefined) return twice;
  const at = policy.window === undefined ? 'holidays' : 'window';
  return [
    ...twice,
    {
      path: [...path, at],
      message: `does not open within a year: ${closedInEnglish(state.because)}; runs would wait for ever`,
    },
  ];
}

function holidayFindings(
  policy: Sound<Policy>,
  timezone: string,
  path: readonly PropertyKey[],
  now: number,
): Finding[] {
  const { calendar, dates = [] } = policy.holidays ?? {};
  const twice = repeated(dates).map((date) => ({
    path: [...path, 'dates'],
    message: `${date} is listed twice; name each date once`,
  }));
  if (calendar !== 'KR') return twice;
  const comingYear = Number(yearAt(now, timezone)) + 1;
  const known = coveredYears('KR').to;
  if (known >= comingYear) return twice;
  const message = `Korean holidays are known up to ${known}, and no window opens after that; update @hyunbinseo/holidays-kr`;
  return [...twice, { path, message, isWarning: true }];
}

function yearAt(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en', { timeZone, year: 'numeric' }).format(at);
}

function emptyGrace(path: readonly PropertyKey[]): Finding {
  return { path, message: 'empty; expected for example grace: {stopFor: 7d, notify: [24h, 1h]}' };
}

const LONGEST_GRACE_SECONDS = 30 * 86_400;

function graceFindings(text: string, path: readonly PropertyKey[]): Finding[] {
  const parsed = parseDuration(text);
  if (!parsed.ok) return [{ path, message: timeProblemInEnglish(parsed.problem) }];
  const seconds = fixedSeconds(parsed.duration);
  if (seconds === undefined)
    return [{ path, message: `${text} has months or years, which differ in length; expected for example 7d` }];
  if (seconds > 0 && seconds <= LONGEST_GRACE_SECONDS) return [];
  return [
    {
      path,
      message: `${text} is ${seconds > 0 ? 'longer than 30 days' : 'no time at all'}; expected at most 30d, for example 7d`,
    },
  ];
}
