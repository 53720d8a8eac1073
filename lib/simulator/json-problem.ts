/**
 * Where a text stops being JSON: "unexpected } at line 2, column 15". JSON.parse quotes the whole text for some mistakes
 * and names no place, which is of no use in a long fleet file.
 */
export function jsonProblem(text: string): string {
  const reader = new JsonReader(text);
  if (reader.readValue()) reader.skipSpace();
  const before = text.slice(0, reader.at).split('\n');
  const found = reader.at < text.length ? `unexpected ${text.charAt(reader.at)}` : 'the text ends too early';
  return `${found} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Reads on while the text is JSON; `at` is then the first character that is not. */
class JsonReader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  readValue(): boolean {
    this.skipSpace();
    if (this.#take(/\{/y)) return this.#readMembers(/\}/y, () => this.#readMember());
    if (this.#take(/\[/y)) return this.#readMembers(/\]/y, () => this.readValue());
    return this.#take(string) || this.#take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y);
  }

  skipSpace(): void {
    this.#take(/[\uFEFF \t\r\n]*/y);
  }

  #readMembers(end: RegExp, readOne: () => boolean): boolean {
    this.skipSpace();
    if (this.#take(end)) return true;
    do {
      if (!readOne()) return false;
      this.skipSpace();
    } while (this.#take(/,/y));
    return this.#take(end);
  }

  #readMember(): boolean {
    this.skipSpace();
    if (!this.#take(string)) return false;
    this.skipSpace();
    return this.#take(/:/y) && this.readValue();
  }

  #take(token: RegExp): boolean {
    token.lastIndex = this.at;
    const [taken] = token.exec(this.#text) ?? [];
    this.at += taken?.length ?? 0;
    return taken !== undefined;
  }
}

/** Any character but the quote, the backslash and the control characters, or an escape. */
const string = /"(?:[ !#-[\]-\u{10FFFF}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
