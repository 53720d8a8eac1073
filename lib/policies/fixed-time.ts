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

/** What is wrong with a text that must be a time of always the same length; undefined: nothing. */
export function fixedTimeFinding(text: string, { from, to, inWords, example }: Bounds): string | undefined {
  const parsed = parseDuration(text);
  if (!parsed.ok) return timeProblemInEnglish(parsed.problem);
  const seconds = fixedSeconds(parsed.duration);
  if (seconds === undefined)
    return `${text} has months or years, which differ in length; expected for example ${example}`;
  if (seconds >= from && seconds <= to) return undefined;
  return `${text} is too ${seconds < from ? 'short' : 'long'}; expected ${inWords}, for example ${example}`;
}

/** In seconds; undefined where it is no time of always the same length. */
export function fixedTime(text: string): number | undefined {
  const parsed = parseDuration(text);
  return parsed.ok ? fixedSeconds(parsed.duration) : undefined;
}
