/** Parts of the confirm page: its style, its one script, lists of servers, and escaped text. */

import { createHash } from 'node:crypto';
import { oneLine } from '../termination/one-line.ts';

/** Uses the colors of the reader's system. */
export const STYLE = [
  ':root{color-scheme:light dark;--dim:#555;--note:#f2f2f2;--card:#f7f7f7;--lost:#a11;--go:#1a4fa3;--stop:#b8860b}',
  '@media(prefers-color-scheme:dark){:root{--dim:#b5b5b5;--note:#2b2b2b;--card:#222;--lost:#ff8a80;--go:#7aa7f0;--stop:#e0b84d}}',
  'body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:1rem;color:CanvasText;background:Canvas;word-break:keep-all}',
  'main{max-width:40rem;margin:auto}h1{font-size:1.4rem;line-height:1.3;margin:.5rem 0}',
  'h2{font-size:1.1rem;margin:1rem 0 .25rem}h1,dd,li,p{overflow-wrap:anywhere}dt{white-space:nowrap;color:var(--dim)}',
  'dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:1rem 0}dd{margin:0}',
  'ul{margin:0;padding:0;list-style:none}li{margin:.4rem 0;padding:.5rem .75rem;background:var(--card);border-radius:.4rem}',
  'li span{display:block}small,.small{color:var(--dim);font-size:.875rem}.lost{color:var(--lost)}',
  '.note{padding:.75rem;border-left:4px solid var(--dim);background:var(--note)}',
  'form{margin:1rem 0}input,button{font:inherit;width:100%;box-sizing:border-box;padding:.75rem}',
  'button{border:1px solid var(--dim);border-radius:.4rem;cursor:pointer;background:Canvas;color:CanvasText}',
  'summary{padding:.75rem;border-radius:.4rem;text-align:center;cursor:pointer;font-weight:600;color:Canvas;background:CanvasText}',
  'details[open]{padding:0 .75rem .75rem;border:2px solid var(--lost);border-radius:.4rem;margin:.75rem 0}',
  'details[open] summary{margin:0 -.75rem}.approve{background:CanvasText;color:Canvas;font-weight:600}.reject{margin-top:.75rem}',
  'a:focus-visible,button:focus-visible,summary:focus-visible,input:focus-visible{outline:3px solid var(--go);outline-offset:2px}',
  'svg{width:100%;height:auto;font:12px system-ui,sans-serif}svg text{fill:CanvasText}svg .axis{fill:var(--dim);font-size:10px}',
  '.stopping{fill:var(--stop)}.going{fill:var(--go)}.ending{fill:var(--lost)}',
].join('');

/** Shows the field above a long list, and only the servers that it names. Without it all of them are there. */
export const SCRIPT =
  "for(const f of document.querySelectorAll('input[type=search]')){f.closest('p').hidden=false;f.addEventListener('input',()=>{const w=f.value.trim().toLowerCase();for(const l of document.querySelectorAll('main li'))l.hidden=!l.textContent.toLowerCase().includes(w)})}";

/** For the Content-Security-Policy: this style, and this script, and no other. */
export const STYLE_HASH = hashOf(STYLE);
export const SCRIPT_HASH = hashOf(SCRIPT);

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** With a title and the number of servers; nothing if there are none. `items` are HTML. */
export function listOf(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const list = items.map((item) => `<li>${item}</li>`).join('');
  return `<section><h2>${escaped(title)}: ${items.length}</h2><ul>${list}</ul></section>`;
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
