/**
 * `2026-11-24 09:00 Asia/Seoul (2026-11-24 00:00Z)`. By what Node brings itself: the function behind the HTTP API shows
 * times and reckons with none, and a calendar of its own would make its cold start longer.
 */
export function zonedAndUtc(at: number, timezone: string): string {
  return `${minuteIn(at, timezone)} ${timezone} (${minuteIn(at, 'UTC')}Z)`;
}

/** `2026-11-24 09:00`, without the seconds. `at` in milliseconds since the epoch. */
export function minuteIn(at: number, timezone: string): string {
  const parts = formatFor(timezone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}

/** Making one takes longer than all that it will say. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, format);
  return format;
}
