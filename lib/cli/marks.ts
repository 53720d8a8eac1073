import { styleText } from 'node:util';
import type { Marks } from '../reports/rows.ts';

/** Colors where this stream has them; `NO_COLOR` and `FORCE_COLOR` are heeded. */
export function marksFor(stream: NodeJS.WriteStream): Marks {
  const marked = (format: Parameters<typeof styleText>[0]) => (text: string) => styleText(format, text, { stream });
  return { title: marked('bold'), lost: marked('red'), small: marked('dim') };
}
