/** Times as people read them. It uses the zones of the runtime, so that small functions need no calendar library. */

/** `2026-11-24 09:00 KST`; where the zone has no usual short name, its offset: `2026-11-24 09:00 +05:45`. */
export function inZone(at: number, timezone: string): string {
  return `${minuteIn(at, timezone)} ${shortName(at, timezone)}`;
}

/** `2026-11-24 09:00 Asia/Seoul (2026-11-24 00:00Z)`. */
export function zonedAndUtc(at: number, timezone: string): string {
  return `${minuteIn(at, timezone)} ${timezone} (${minuteIn(at, 'UTC')}Z)`;
}

function minuteIn(at: number, timezone: string): string {
  const parts = new Map(
    formatFor(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const [year = '', month = '', day = ''] = (['year', 'month', 'day'] as const).map((type) => parts.get(type));
  return `${year.padStart(4, '0')}-${month}-${day} ${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}`;
}

/** Cached, because creating a formatter takes longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const two = '2-digit';
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    hourCycle: 'h23',
  });
  formats.set(timeZone, format);
  return format;
}

function shortName(at: number, timezone: string): string {
  const offset = nameOf(at, timezone, 'longOffset').replace('GMT', '') || '+00:00';
  // Intl calls it GMT+9 in every language.
  if (timezone === 'Asia/Seoul' && offset === '+09:00') return 'KST';
  const name = nameOf(at, timezone, 'short');
  return /^[A-Z]+$/.test(name) ? name : offset;
}

function nameOf(at: number, timeZone: string, timeZoneName: 'short' | 'longOffset'): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
