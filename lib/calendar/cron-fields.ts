import { quoted } from './quoted.ts';

const DAY_OF_MONTH = 2;
export const DAY_OF_WEEK = 4;
/** EventBridge Scheduler knows the years 1970 to 2199. */
export const LAST_YEAR = 2199;

/** What is wrong with the six fields of a cron expression of EventBridge Scheduler, in capitals: all of it, each with an example. */
export function fieldProblems(fields: readonly string[]): string[] {
  const problems = FIELDS.flatMap((field, index) => {
    const text = fields[index] ?? '';
    return isField(field, text) ? [] : [`${field.name} ${quoted(text)} is wrong; expected ${field.expected}`];
  });
  const unspecified = [fields[DAY_OF_MONTH], fields[DAY_OF_WEEK]].filter((text) => text === '?').length;
  if (unspecified === 1) return problems;
  return [
    ...problems,
    'exactly one of day-of-month and day-of-week has to be ?; expected a day of one kind, for example 1 * ? or ? * MON-FRI',
  ];
}

interface Field {
  name: string;
  least: number;
  most: number;
  /** Names that may stand for numbers, the first of them for `least`. */
  names: readonly string[];
  steps: boolean;
  /** What may stand in it all by itself, apart from `*`. */
  alone: (text: string, field: Field) => boolean;
  expected: string;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
/** AWS counts them from 1 = Sunday. */
export const DAYS: readonly string[] = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const plain = { names: [], steps: true, alone: () => false };

const FIELDS: readonly Field[] = [
  { ...plain, name: 'minutes', least: 0, most: 59, expected: '0 to 59, for example 0 or 0/15' },
  { ...plain, name: 'hours', least: 0, most: 23, expected: '0 to 23, for example 21 or 9-18' },
  {
    ...plain,
    name: 'day-of-month',
    least: 1,
    most: 31,
    alone: isDayOfMonth,
    expected: '1 to 31, ?, L (the last day) or one day with W (the nearest weekday), for example 1,15 or L or 15W',
  },
  {
    ...plain,
    name: 'month',
    least: 1,
    most: 12,
    names: MONTHS,
    expected: '1 to 12 or JAN to DEC, for example 1-6 or DEC',
  },
  {
    name: 'day-of-week',
    least: 1,
    most: 7,
    names: DAYS,
    steps: false,
    alone: isDayOfWeek,
    expected:
      '1 (Sunday) to 7 or SUN to SAT, lists and ranges of them in this order, ?, L, one day with L (the last one of the month) or #1 to #5, for example MON-FRI or SUN,SAT or 6L or 2#1',
  },
  {
    ...plain,
    name: 'year',
    least: 1970,
    most: LAST_YEAR,
    expected: `* or 1970 to ${LAST_YEAR}, for example 2026-2028`,
  },
];

function isField(field: Field, text: string): boolean {
  const items = text.split(',');
  // A list with everything in it is a mistake.
  if (items.length > 1 && items.includes('*')) return false;
  return field.alone(text, field) || items.every((item) => isItem(field, item));
}

/** `*`, `a`, `a-b`, each with or without `/n`. */
function isItem(field: Field, item: string): boolean {
  const [, all, from, to, step] = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d{1,3}))?$/.exec(item) ?? [];
  if (all === undefined && from === undefined) return false;
  if (step !== undefined && !(field.steps && Number(step) >= 1 && Number(step) <= field.most - field.least))
    return false;
  if (from === undefined) return true;
  const first = valueOf(field, from);
  const last = to === undefined ? first : valueOf(field, to);
  return first !== undefined && last !== undefined && first <= last;
}

function valueOf(field: Field, text: string): number | undefined {
  const named = field.names.indexOf(text);
  if (named >= 0) return field.least + named;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.least && value <= field.most ? value : undefined;
}

function isDayOfMonth(text: string, field: Field): boolean {
  return text === '?' || text === 'L' || (text.endsWith('W') && valueOf(field, text.slice(0, -1)) !== undefined);
}

function isDayOfWeek(text: string, field: Field): boolean {
  if (text === '?' || text === 'L') return true;
  const [, day] = /^(\w+?)(?:L|#[1-5])$/.exec(text) ?? [];
  return day !== undefined && valueOf(field, day) !== undefined;
}
