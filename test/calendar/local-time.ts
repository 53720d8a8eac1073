/** What clocks show, from Intl alone: a second opinion on `lib/calendar`, which uses Temporal. */
export interface LocalTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  /** `MON` to `SUN`. */
  weekday: string;
  /** `YYYY-MM-DD HH:MM`. */
  text: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function localTime(at: number, timezone: string): LocalTime {
  const format = formats.get(timezone) ?? newFormat(timezone);
  formats.set(timezone, format);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, weekday } = parts;
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    weekday: String(weekday).toUpperCase(),
    text: `${year}-${month}-${day} ${hour}:${minute}`,
  };
}

function newFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
  });
}

/** Nights on which clocks change: zones that skip or repeat an hour, half an hour, midnight, an hour over midnight, a whole day. */
export const CHANGES: readonly [timezone: string, at: string][] = [
  ['America/New_York', '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-11-01T06:00:00Z'],
  ['Europe/London', '2026-03-29T01:00:00Z'],
  ['Europe/London', '2026-10-25T01:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
  ['America/St_Johns', '2010-11-07T02:31:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00:00Z'],
  ['Asia/Seoul', '1987-05-09T17:00:00Z'],
  ['Asia/Seoul', '2026-11-24T00:00:00Z'],
];
