/** The same text as other keyboards, editors and clipboards produce it. It reads the same to a person. */

import * as fc from 'fast-check';

const INVISIBLE = ['\u200b', '\u200d', '\u200f', '\u2060', '\ufeff', '\u00ad', '\ufe0f', '\u3164', '\u061c', '\u180e'];

export type Rewrite = (text: string) => string;

const fullWidth: Rewrite = (text) =>
  text.replaceAll(/[!-~]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));

/** A composed text stays the same text in these. */
export const normalForm: fc.Arbitrary<Rewrite> = fc
  .constantFrom<'NFC' | 'NFD'>('NFC', 'NFD')
  .map((form) => (text) => text.normalize(form));

const invisible: fc.Arbitrary<Rewrite> = fc
  .tuple(fc.constantFrom(...INVISIBLE), fc.nat(20))
  .map(([mark, at]) => (text) => {
    const letters = Array.from(text);
    return [...letters.slice(0, at % (letters.length + 1)), mark, ...letters.slice(at % (letters.length + 1))].join('');
  });

const one: fc.Arbitrary<Rewrite> = fc.oneof(
  normalForm,
  fc.constantFrom<Rewrite[]>(
    (text) => text.normalize('NFKC'),
    (text) => text.normalize('NFKD'),
    fullWidth,
    (text) => text.toUpperCase(),
    (text) => text.toLowerCase(),
    (text) => text.slice(0, 1).toUpperCase() + text.slice(1),
    (text) => `${text}\u00a0`,
    (text) => ` ${text}`,
    (text) => `\ufeff${text}`,
  ),
  invisible,
);

/** Each text in its own way, and most not at all: if everything changed, nothing would be taken. */
export const rewriting: fc.Arbitrary<Rewrite[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant<Rewrite>((text) => text) },
    { weight: 1, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }).map(inARow) },
  ),
  { minLength: 40, maxLength: 40 },
);

function inARow(all: readonly Rewrite[]): Rewrite {
  return (text) => all.reduce((so, next) => next(so), text);
}

/** Hands out the rewrites one after the other, so that every text gets its own. */
export function inTurn(rewrites: readonly Rewrite[]): Rewrite {
  let next = 0;
  return (text) => {
    const rewrite = rewrites[next % rewrites.length];
    next += 1;
    return rewrite === undefined ? text : rewrite(text);
  };
}
