import { fixedSeconds, parseDuration } from '../calendar/duration.ts';
import { timeProblemInEnglish } from '../wording/say.ts';

/** In seconds, both included. */
interface Bounds {
  from: number;
  to: number;
  /** As people write them. */
  inWords: string;
  example: string;
}

/** The problem of a text that must be a duration of fixed length; undefined if there is none. */
export function fixedTimeFinding(text: string, { from, to, inWords, example }: Bounds): string | undefined {
  const parsed = parseDuration(text);
  if (!parsed.ok) return timeProblemInEnglish(parsed.problem);
  const seconds = fixedSeconds(parsed.duration);
  if (seconds === undefined)
    return `${text} has months or years, which differ in length; expected for example ${example}`;
  if (seconds >= from && seconds <= to) return undefined;
  return `${text} is too ${seconds < from ? 'short' : 'long'}; expected ${inWords}, for example ${example}`;
}

/** In seconds; undefined if it is not a duration of fixed length. */
export function fixedTime(text: string): number | undefined {
  const parsed = parseDuration(text);
  return parsed.ok ? fixedSeconds(parsed.duration) : undefined;
}
