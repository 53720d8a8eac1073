/** Parts of the confirm page: its style, lists of servers, and escaped text. */

import { createHash } from 'node:crypto';
import { oneLine } from '../termination/one-line.ts';

/** Uses the colors of the reader's system. No script: the browser's own elements open and close. */
export const STYLE = [
  ':root{color-scheme:light dark;--dim:#555;--note:#f2f2f2;--approve:#a11;--reject:#555}',
  '@media(prefers-color-scheme:dark){:root{--dim:#aaa;--note:#2b2b2b;--approve:#c33;--reject:#666}}',
  'body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:1rem;color:CanvasText;background:Canvas}',
  'main{max-width:40rem;margin:auto}h1{font-size:1.4rem;line-height:1.3;margin:.5rem 0}',
  'h2{font-size:1.1rem;margin:1rem 0 .25rem}summary h2{display:inline}summary{margin:1rem 0 .25rem;cursor:pointer}',
  'dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:1rem 0}dt{color:var(--dim)}dd{margin:0}',
  'body{word-break:keep-all}h1,dd,li{overflow-wrap:anywhere}dt{white-space:nowrap}ul{margin:0;padding-left:1.2rem}',
  '.note{padding:.75rem;border-left:4px solid var(--dim);background:var(--note)}',
  'form{margin:1rem 0}input,button{font:inherit;width:100%;box-sizing:border-box;padding:.75rem}',
  'form div{display:flex;gap:.75rem;margin:.75rem 0}button{border:0;border-radius:.4rem;color:#fff;cursor:pointer}',
  '.approve{background:var(--approve)}.reject{background:var(--reject)}',
].join('');

/** For the Content-Security-Policy: this style and no other. */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** A longer list is closed until somebody opens it. */
const MOST_OPEN = 10;

/** With a title and the number of servers; nothing if there are none. */
export function listOf(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const items = lines.map((line) => `<li>${escaped(line)}</li>`);
  const [heading, list] = [`<h2>${escaped(title)}: ${lines.length}</h2>`, `<ul>${items.join('')}</ul>`];
  return lines.length > MOST_OPEN
    ? `<details><summary>${heading}</summary>${list}</details>`
    : `<section>${heading}${list}</section>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** One line of text, as HTML. */
export function escaped(text: string): string {
  return oneLine(text).replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? '');
}
