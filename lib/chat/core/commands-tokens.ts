/** What somebody typed, cut into words and a reason. */

import { oneLine } from '../../termination/one-line.ts';
import { visible } from '../../text/folding.ts';
import { verbOf } from './commands-words.ts';

export interface Token {
  text: string;
  /** Written in quotation marks: a name, whatever else it looks like. */
  isQuoted: boolean;
}

export type CutText =
  /** `reason` is undefined where no word begins one, and empty where nothing follows that word. */
  | { ok: true; tokens: Token[]; reason: string | undefined }
  | { ok: false; problem: 'unclosed-quote' | 'reason-first'; quoted: string };

/**
 * Words up to `because`, `reason:`, `이유`, `사유` or a colon; what follows is the reason. `때문에` ends a reason that
 * stands in front, as Korean has it: it is refused where what stands before it may be the name of a server.
 */
export function cutText(text: string): CutText {
  const rest = new Scanner(visibleText(text));
  const tokens: Token[] = [];
  let before: string | undefined;
  for (let found = rest.next(); found !== undefined; found = rest.next()) {
    if (found === 'unclosed') return { ok: false, problem: 'unclosed-quote', quoted: rest.left };
    const reason = found.isQuoted ? undefined : reasonFrom(found.text, tokens.length === 0);
    if (reason !== undefined) {
      if (reason.name !== '') tokens.push({ text: reason.name, isQuoted: false });
      return { ok: true, tokens, reason: oneLine(`${reason.begins}${rest.left}`, Infinity).trim() };
    }
    if (!found.isQuoted && found.text.endsWith('때문에')) {
      const first = tokens[0];
      const verb = first !== undefined && isVerb(first) ? [first] : [];
      const inFront = [...tokens.slice(verb.length), found];
      if (before !== undefined || inFront.some(mayBeName)) {
        return { ok: false, problem: 'reason-first', quoted: inFront.map((token) => token.text).join(' ') };
      }
      before = inFront.map((token) => token.text).join(' ');
      tokens.splice(0, tokens.length, ...verb);
    } else {
      tokens.push(tokens.length === 0 ? withoutColon(found) : found);
    }
  }
  return { ok: true, tokens, reason: before };
}

/** `q-1?`, `dev-1!`: it may be a pattern, a question or a sentence. `web-?` can only be a pattern. */
export function withoutMark(token: Token): Token {
  if (token.isQuoted) return token;
  return { ...token, text: token.text.replace(/(?<=[\p{L}\p{N}])[?!.…？！。]+$/u, '') };
}

/**
 * A name that may be bold, italic or struck through rather than a pattern: Slack sends bold text as `*review-1*`, and as a
 * pattern that is every name with it in the middle. `behind`: what else of the command may end what is bold, such as its
 * reason. Undefined where nothing is in doubt.
 */
export function formattedAmong(
  tokens: readonly Token[],
  behind: readonly string[],
): { quoted: string; bare: string } | undefined {
  const open = tokens.filter(({ isQuoted }) => !isQuoted).map(({ text }) => text);
  const whole = open.find(isFormatted);
  // `*review-1 review-2*`: several words in bold.
  const begins = open.findIndex((text) => BEGINS_BOLD.test(text));
  const after = [...open.slice(begins + 1), ...behind.flatMap((text) => text.split(/\s+/))];
  const isSpan = begins >= 0 && after.some((text) => ENDS_BOLD.test(text));
  const quoted = whole ?? (isSpan ? open[begins] : undefined);
  if (quoted !== undefined)
    return { quoted, bare: quoted.replace(/^[^\p{L}\p{N}]+/u, '').replace(/[*_~"'`]+[^\p{L}\p{N}]*$/u, '') };
  // `* review-1` is one item of a list; and nobody means everything besides one name.
  const bullet = open.find((text) => text === '*' || text === '?');
  const other = open.find((text) => text !== bullet);
  return bullet === undefined || other === undefined ? undefined : { quoted: bullet, bare: other };
}

/** Whether it, or one of the words in it, stands between marks; a particle or punctuation may be around them. */
function isFormatted(text: string): boolean {
  return [text, ...text.split(/[/|,;·]/)].some((part) => {
    const [, before = '', after = ''] = FORMATTED.exec(part) ?? [];
    return Array.from(before).some((mark) => after.includes(mark));
  });
}

/** The same mark at both ends, and in between nothing that only a pattern has. */
const FORMATTED = /^[^\p{L}\p{N}*_~?]*([*_~]+)[^*?]*[^*_~?]([*_~]+)(?:[^\p{L}\p{N}*_~]|\p{Script=Hangul})*$/u;

/** Alone, too: a blank may have been bold with the word. */
const BEGINS_BOLD = /^\*+[^*?]*$/;
const ENDS_BOLD = /^[^*?]*\*+[?!.…]*$/;

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/**
 * What the person saw. Slack sends `<http://dev-1.example|dev-1.example>` for what was typed as `dev-1.example`, and `&lt;`
 * for `<`; copying brings marks that nobody sees.
 */
function visibleText(text: string): string {
  return visible(text)
    .replaceAll(/<(?:[^<>|]*\|([^<>]*)|([^<>|]+))>/g, (_, label?: string, target?: string) => label ?? target ?? '')
    .replaceAll(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** Where the colon of `dev-1: the demo is over` stands: a name before it, the beginning of the reason after it. */
function reasonFrom(word: string, isFirst: boolean): { name: string; begins: string } | undefined {
  const [, begins] = /^(?:(?:because|reason|이유|사유)[:：]|because$|(?:이유|사유)[는은]?$)(.*)$/isu.exec(word) ?? [];
  if (begins !== undefined) return { name: '', begins };
  if (/^[:：]/.test(word)) return { name: '', begins: word.slice(1) };
  // `plan: dev-1` begins with its command.
  if (!/[:：]$/.test(word) || (isFirst && verbOf(word.slice(0, -1)) !== undefined)) return undefined;
  return { name: word.slice(0, -1), begins: '' };
}

/** Only a command keeps its colon up to here. */
function withoutColon({ text, isQuoted }: Token): Token {
  return { text: isQuoted ? text : text.replace(/[:：]$/, ''), isQuoted };
}

function isVerb({ text, isQuoted }: Token): boolean {
  return !isQuoted && verbOf(text) !== undefined;
}

function mayBeName(token: Token): boolean {
  return token.isQuoted || isVerb(token) || (/[\d*?_-]/.test(token.text) && /[\x21-\x7e]/.test(token.text));
}

/** Straight and smart quotation marks, and the backticks of chat. */
const QUOTED =
  /(?:"([^"]*)"|[“”„«»]([^“”„«»]*)[“”„«»]|「([^」]*)」|'([^']*)'|[‘’]([^‘’]*)[‘’]|`([^`]*)`)(?=[\s,，、:：]|$)/y;

class Scanner {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get left(): string {
    return this.text.slice(this.at);
  }

  /** Commas part words as blanks do. */
  next(): Token | 'unclosed' | undefined {
    this.take(/[\s,，、]+/y);
    if (this.left === '') return undefined;
    const quoted = this.take(QUOTED);
    if (quoted !== undefined) return { text: quoted.slice(1).find((part) => part !== undefined) ?? '', isQuoted: true };
    if (/^["“”„«»「'‘’`]/.test(this.left)) return 'unclosed';
    const [word = ''] = this.take(/[^\s,，、]+/y) ?? [];
    return { text: word, isQuoted: false };
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found !== undefined) this.at = pattern.lastIndex;
    return found;
  }
}
