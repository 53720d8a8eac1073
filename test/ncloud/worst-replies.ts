/** The worst replies that the bounds let through, each in another way. */

import { LONGEST_TEXT, LONGEST_XML, MOST_DEPTH, MOST_PARTS } from '../../lib/ncloud/reply-bounds.ts';
import { DEFAULT_LIMITS } from '../../lib/ncloud/transport-limits.ts';

export const ACTION = 'getServerInstanceList';
const XML_ENDS = [
  `<${ACTION}Response><returnCode>0</returnCode><totalRows>1</totalRows>`,
  `</${ACTION}Response>`,
] as const;
const JSON_ENDS = [`{"${ACTION}Response": {"returnCode": "0", "totalRows": 1, "a": [`, ']}}'] as const;
/** What the envelope itself takes of the bounds. */
const PARTS = MOST_PARTS - 20;
const BYTES = DEFAULT_LIMITS.replyBytes - 1_000;
const CHARACTERS = LONGEST_XML - 1_000;

/** As many of the pieces as the bounds allow, each as long as the bytes allow. */
function filled(
  [before, after]: readonly [string, string],
  piece: (pad: string) => string,
  partsOfPiece: number,
  padsOfPiece = 1,
): string {
  const count = Math.floor(PARTS / partsOfPiece);
  const most = before.startsWith('<') ? CHARACTERS : BYTES;
  const room = Math.floor(most / count) - piece('').length;
  const pad = 'x'.repeat(Math.max(0, Math.floor(room / padsOfPiece)));
  return before + piece(pad).repeat(count) + after;
}

function deep(opening: string, closing: string, level: number): string {
  return opening.repeat(level) + closing.repeat(level);
}

const level = MOST_DEPTH - 4;
export const WORST_REPLIES: Record<string, () => string> = {
  'tiny elements': () => filled(XML_ENDS, () => '<a/>', 1),
  'elements with text': () => filled(XML_ENDS, (pad) => `<a>${pad}</a>`, 2),
  'elements with an attribute': () => filled(XML_ENDS, (pad) => `<a b="${pad}"/>`, 1),
  'elements with many attributes': () => {
    const element = `<a ${Array.from({ length: 70 }, (_, n) => `b${n}=""`).join(' ')}/>`;
    return XML_ENDS[0] + element.repeat(CHARACTERS / element.length) + XML_ENDS[1];
  },
  'deep elements': () => filled(XML_ENDS, () => deep('<a>', '</a>', level), 2 * level),
  rows: () => filled([`${XML_ENDS[0]}<aList>`, `</aList>${XML_ENDS[1]}`], (pad) => `<a><b>${pad}</b></a>`, 4),
  entities: () => filled(XML_ENDS, (pad) => `<a>${`&amp;${pad}`.repeat(500)}</a>`, 502, 500),
  'numeric entities': () => filled(XML_ENDS, (pad) => `<a>${`&#44060;${pad}`.repeat(500)}</a>`, 502, 500),
  sections: () => filled([`${XML_ENDS[0]}<a>`, `</a>${XML_ENDS[1]}`], (pad) => `<![CDATA[${pad}]]>`, 1),
  'long texts': () =>
    `${XML_ENDS[0]}${`<a>${'x'.repeat(LONGEST_TEXT)}</a>`.repeat(CHARACTERS / LONGEST_TEXT - 1)}${XML_ENDS[1]}`,
  'long Korean texts': () =>
    `${XML_ENDS[0]}${`<a>${'개'.repeat(LONGEST_TEXT)}</a>`.repeat(BYTES / LONGEST_TEXT / 3 - 1)}${XML_ENDS[1]}`,
  'one long section': () => `${XML_ENDS[0]}<a><![CDATA[${'x'.repeat(CHARACTERS)}]]></a>${XML_ENDS[1]}`,
  'one long string': () => `${JSON_ENDS[0]}"${'개'.repeat(BYTES / 3)}"${JSON_ENDS[1]}`,
  numbers: () => filled([JSON_ENDS[0], `1${JSON_ENDS[1]}`], (pad) => `1${pad.replaceAll('x', '7')},`, 1),
  strings: () => filled([JSON_ENDS[0], `1${JSON_ENDS[1]}`], (pad) => `"${pad}",`, 1),
  objects: () => filled([JSON_ENDS[0], `1${JSON_ENDS[1]}`], (pad) => `{"a":"${pad}"},`, 3),
  'empty objects': () => filled([JSON_ENDS[0], `1${JSON_ENDS[1]}`], () => '{},', 2),
  'deep lists': () => filled([JSON_ENDS[0], `1${JSON_ENDS[1]}`], () => `${deep('[', ']', level)},`, level + 1),
  keys: () => {
    const keys = Array.from({ length: Math.floor((PARTS - 1) / 2) }, (_, n) => `"${n}${'k'.repeat(150)}":1`);
    return `${JSON_ENDS[0]}{${keys.join(',')}}${JSON_ENDS[1]}`;
  },
};
