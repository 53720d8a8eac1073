/** Stand-ins for everything in a text that may be somebody's: the same one for the same word, of the same length and kind. */

import type { Chance } from '../chance.ts';

/** Everything but ASCII punctuation and blanks: what holds words together shows how a name or an id is built. */
// oxlint-disable-next-line no-control-regex -- they are part of no word
const WORD = /[^\u0000-\u0020!-/:-@[-`{-~\u007f]+/g;
const MOST_TRIES = 100;

export class StandIns {
  readonly #chance: Chance;
  readonly #known = new Map<string, string>();
  readonly #taken = new Set<string>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** The text with a stand-in for every word but those that may be seen. */
  in(text: string, maySee: (word: string) => boolean = () => false): string {
    return text.replaceAll(WORD, (word) => (maySee(word) ? word : this.#for(word)));
  }

  #for(word: string): string {
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    let made = this.#made(word);
    // Short words run out: then two of them share one.
    for (let tries = 1; tries < MOST_TRIES && (made === word || this.#taken.has(made)); tries += 1)
      made = this.#made(word);
    this.#known.set(word, made);
    this.#taken.add(made);
    return made;
  }

  #made(word: string): string {
    return Array.from(word, (letter, at) => this.#letter(letter, at)).join('');
  }

  #letter(letter: string, at: number): string {
    if (/[0-9]/.test(letter)) return this.#oneOf(at === 0 && letter !== '0' ? '123456789' : '0123456789');
    if (/[A-Z]/.test(letter)) return this.#oneOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    if (/[a-z]/.test(letter)) return this.#oneOf('abcdefghijklmnopqrstuvwxyz');
    if (/\p{Script=Hangul}/u.test(letter)) return this.#oneOf('가나다라마바사아자차카타파하');
    // Anything else, in as many units as it takes.
    return this.#oneOf('äëïöüñçøåéèêâîôû').repeat(letter.length);
  }

  #oneOf(letters: string): string {
    return letters[Math.floor(this.#chance() * letters.length)] ?? '';
  }
}
