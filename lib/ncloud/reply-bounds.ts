/**
 * Limits on the depth and the number of parts of a reply, checked on its text before anything is parsed: a few
 * megabytes of brackets, tags or entities would otherwise become gigabytes of objects. The largest pages that NCP sends
 * are a third of this.
 */

/** The body was not a reply: not XML or JSON, malformed, cut off, too deep, too large, or not what the action answers. */
export class UnreadableReply extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableReply';
  }
}

export const MOST_DEPTH = 24;
export const MOST_PARTS = 100_000;
export const LONGEST_XML = 4_000_000;
/** Characters of XML between two tags: its parser gathers them one at a time, and holds some 40 bytes for each. */
export const LONGEST_TEXT = 100_000;
/** Characters of one tag. NCP sends no attributes, and thousands of them would cost as much as elements do. */
const LONGEST_TAG = 500;

class Bounds {
  #depth = 0;
  #parts = 0;

  part(): void {
    this.#parts += 1;
    if (this.#parts > MOST_PARTS) throw new UnreadableReply(`the reply has more than ${MOST_PARTS} parts`);
  }

  open(): void {
    this.#depth += 1;
    if (this.#depth > MOST_DEPTH) throw new UnreadableReply(`the reply is nested deeper than ${MOST_DEPTH}`);
  }

  close(): void {
    this.#depth -= 1;
  }
}

/** Parts of JSON are its values and keys. Whether it is well-formed is the parser's business. */
export function boundJson(text: string): void {
  const bounds = new Bounds();
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x7b: // {
      case 0x5b: // [
        bounds.part();
        bounds.open();
        break;
      case 0x7d: // }
      case 0x5d: // ]
        bounds.close();
        break;
      case 0x2c: // ,
      case 0x3a: // :
        bounds.part();
    }
  }
}

/** The closing quote: the first one without an odd number of backslashes before it. */
function endOfString(text: string, from: number): number {
  let at = from;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
}

/** Parts of XML are its tags, comments, sections and entities. */
export function boundXml(text: string): void {
  if (text.length > LONGEST_XML) throw new UnreadableReply(`the XML reply is longer than ${LONGEST_XML} characters`);
  const bounds = new Bounds();
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) bounds.part();
  let end = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', end)) {
    bounds.part();
    if (at - end > LONGEST_TEXT)
      throw new UnreadableReply(`the reply has a text longer than ${LONGEST_TEXT} characters`);
    end = passMarkup(text, at, bounds);
  }
}

const SECTIONS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
] as const;

/** Where the markup that begins here ends. */
function passMarkup(text: string, from: number, bounds: Bounds): number {
  const kind = text[from + 1];
  if (kind === '!') return endOfSection(text, from);
  const end = endOf(text, '>', from);
  if (end - from > LONGEST_TAG) throw new UnreadableReply(`the reply has a tag longer than ${LONGEST_TAG} characters`);
  if (kind === '/') bounds.close();
  else if (kind !== '?' && text[end - 2] !== '/') bounds.open();
  return end;
}

function endOfSection(text: string, from: number): number {
  const section = SECTIONS.find(([opening]) => text.startsWith(opening, from));
  // A document type allows entity bombs and access to files; NCP sends none.
  if (section === undefined) throw new UnreadableReply('the XML reply declares a document type');
  return endOf(text, section[1], from + section[0].length);
}

function endOf(text: string, closing: string, from: number): number {
  const at = text.indexOf(closing, from);
  if (at === -1) throw new UnreadableReply('the reply is not well-formed XML: a tag has no end');
  return at + closing.length;
}
