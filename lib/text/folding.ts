/**
 * How text that people wrote is compared: the same name may come composed or decomposed, in full width, in capitals, or
 * with invisible marks in it. Every comparison of names, tags, patterns and chat words goes through here.
 */

/** Names, patterns and values: composed as a Korean keyboard writes them; case and width are left alone. */
export function composed(text: string): string {
  return text.normalize('NFC');
}

/**
 * What a word means, however it is spelled: width, case, invisible marks and blanks around it do not count. Keys that banap
 * gives a meaning and the words of chat commands are compared this way.
 */
export function meaning(text: string): string {
  const bare = folded(text).replaceAll(INVISIBLE, '').replaceAll(CONTROL, '');
  // Without an invisible mark between them, two characters may compose to one.
  return folded(bare).trim();
}

/**
 * What it looks like, however it is spelled: as {@link meaning}, with letters of other scripts replaced by the Latin letters
 * that they look like. Only ever a reason to refuse or to protect.
 */
export function drawn(text: string): string {
  // A Latin letter and the mark behind it may compose to one.
  return composed(Array.from(meaning(text), (letter) => LOOKS_LIKE.get(letter) ?? letter).join(''));
}

/** As its reader saw it. Marks that change the direction of writing stay, because they make a name read as another one. */
export function visible(text: string): string {
  return composed(composed(text).replaceAll(INVISIBLE, (mark) => (TURNS.test(mark) ? mark : '')));
}

export type Likeness = 'same' | 'alike' | 'other';

/** `alike`: the same to most readers, though not letter for letter. Protects, but selects nothing. */
export function likeness(one: string, other: string): Likeness {
  if (meaning(one) !== meaning(other)) return 'other';
  return composed(one) === composed(other) ? 'same' : 'alike';
}

/** Characters that Unicode calls invisible, and the blank Braille pattern. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu;
const CONTROL = /\p{Cc}/gu;
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;

/** Upper case first: `ß` and `SS` are then the same. */
function folded(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

/** Letters and signs of names that look alike, as {@link meaning} leaves them. */
const LOOKS_LIKE = new Map(
  Object.entries({
    a: 'аαɑ',
    b: 'вβ',
    c: 'сϲᴄ',
    d: 'ԁ',
    e: 'еεҽ',
    g: 'ɡ',
    h: 'һнη',
    i: 'іιɩ',
    j: 'ј',
    k: 'кκᴋ',
    l: 'ӏꞁ',
    m: 'мμ',
    n: 'пոռ',
    o: 'оοօ',
    p: 'рρ',
    q: 'ԛ',
    r: 'гᴦ',
    s: 'ѕꜱʂ',
    t: 'тτ',
    u: 'υսʋ',
    v: 'νѵᴠ',
    w: 'ԝωѡ',
    x: 'хχ',
    y: 'уүγ',
    z: 'ᴢζ',
    ':': '：∶ː꞉׃˸',
    '-': '‐‑‒–—−_',
  }).flatMap(([letter, alike]) => Array.from(alike, (one) => [one, letter] as const)),
);
