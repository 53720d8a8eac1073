import { DAYS, fieldProblems } from './cron-fields.ts';

/**
 * What the five fields of a Unix crontab (minutes hours day-of-month month day-of-week, 0 or 7 = Sunday) mean to
 * EventBridge Scheduler; undefined if one expression cannot say the same.
 */
export function fromUnix(unix: readonly string[]): string | undefined {
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = ''] = unix.map((field) =>
    field.toUpperCase(),
  );
  const weekdays = weekdaysOf(dayOfWeek);
  // With both fields, Unix runs on either day; Scheduler accepts only one of them.
  if (weekdays === undefined || (dayOfMonth !== '*' && dayOfWeek !== '*')) return undefined;
  const days = dayOfWeek === '*' ? [dayOfMonth, month, '?'] : ['?', month, weekdays];
  const fields = [minutes, hours, ...days, '*'];
  return fieldProblems(fields).length === 0 ? `cron(${fields.join(' ')})` : undefined;
}

/** Written by name: the numbers of Unix and of AWS differ by one. */
function weekdaysOf(field: string): string | undefined {
  const wanted = new Set<number>();
  for (const item of field.split(',')) {
    const [, all, from, to, step] = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/([1-7]))?$/.exec(item) ?? [];
    const first = all === '*' ? 0 : dayNumber(from);
    const last = all === '*' ? 6 : dayNumber(to ?? from);
    if (first === undefined || last === undefined || first > last) return undefined;
    for (let day = first; day <= last; day += Number(step ?? 1)) wanted.add(day % 7);
  }
  return inNames([...wanted].toSorted((one, other) => one - other));
}

function dayNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[0-7]$/.test(text)) return Number(text);
  const named = DAYS.indexOf(text);
  return named >= 0 ? named : undefined;
}

function inNames(days: readonly number[]): string {
  const names = days.map((day) => DAYS[day]);
  const isRun = days.length > 2 && days.every((day, index) => index === 0 || day === (days[index - 1] ?? 0) + 1);
  return isRun ? `${names[0]}-${names.at(-1)}` : names.join(',');
}
