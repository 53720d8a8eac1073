/**
 * NCP's replies, in XML or JSON, as one shape: every leaf a string, every list an array, whether it holds none, one or
 * many. Code that uses it does not know which format the reply had.
 */

import { XMLParser } from 'fast-xml-parser';
import { boundJson, boundXml, MOST_DEPTH, MOST_PARTS, UnreadableReply } from './reply-bounds.ts';

export type Tree = string | Tree[] | { [name: string]: Tree };

export interface Reply {
  /** The root element: `terminateServerInstancesResponse`, `responseError` or `error`. */
  root: string;
  body: { [name: string]: Tree };
}

/** Decides by the body, never by its content type: NCP's gateway sends JSON as text/plain. */
export function readReply(text: string): Reply {
  const body = text.replace(/^\uFEFF/, '').trim();
  if (body === '') throw new UnreadableReply('the reply is empty');
  if (body.startsWith('<')) return onlyRoot(readXml(body));
  if (body.startsWith('{')) return onlyRoot(readJson(body));
  throw new UnreadableReply('the reply is neither XML nor JSON');
}

/** A JSON object that is no reply of an action, as one shape too: Resource Manager answers in such. */
export function readDocument(text: string): Reply['body'] {
  const document = normalise(readJson(text.replace(/^\uFEFF/, '').trim()), '');
  if (typeof document === 'string' || Array.isArray(document)) throw new UnreadableReply('the reply is no JSON object');
  return document;
}

const xml = new XMLParser({
  // Everything stays text: ids lose digits as numbers, and "0" is not false.
  parseTagValue: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  trimValues: true,
  htmlEntities: true,
  // Only built-in and numeric entities can occur, because document types are refused; a long list may hold many.
  processEntities: { enabled: true, maxTotalExpansions: MOST_PARTS, maxExpandedLength: 16_000_000 },
  maxNestedTags: MOST_DEPTH,
});

function readXml(text: string): unknown {
  boundXml(text);
  try {
    // `true`: check that it is well-formed, which the parser alone does not.
    return xml.parse(text, true);
  } catch (error) {
    throw new UnreadableReply(`the reply is not well-formed XML: ${firstLine(error)}`);
  }
}

function readJson(text: string): unknown {
  boundJson(text);
  try {
    // Numbers as they are written: a 19-digit id does not survive as a double.
    return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' ? (context?.source ?? String(value)) : value,
    );
  } catch {
    throw new UnreadableReply('the reply is not well-formed JSON');
  }
}

function onlyRoot(parsed: unknown): Reply {
  const roots = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
  const [only, ...others] = roots;
  if (only === undefined || others.length > 0) {
    throw new UnreadableReply(`the reply has ${roots.length} root elements instead of one`);
  }
  const body = normalise(only[1], only[0]);
  if (typeof body === 'string' || Array.isArray(body)) throw new UnreadableReply(`the reply ${only[0]} has no content`);
  return { root: only[0], body };
}

function normalise(node: unknown, name: string): Tree {
  if (name.endsWith('List')) return asList(node).map((item) => normalise(item, ''));
  if (Array.isArray(node)) return node.map((item) => normalise(item, ''));
  if (node === null || node === undefined) return '';
  if (typeof node === 'string') return node.trim();
  if (typeof node === 'boolean') return String(node);
  if (typeof node !== 'object') throw new UnreadableReply('the reply holds something that is neither text nor a list');
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, normalise(value, key)]));
}

/** XML wraps each item of `serverInstanceList` in a `serverInstance`; JSON does not. One item is a list of one. */
function asList(node: unknown): unknown[] {
  if (node === '' || node === null || node === undefined) return [];
  if (Array.isArray(node)) return node;
  if (typeof node !== 'object') return [node];
  const entries = Object.entries(node);
  const [wrapper] = entries;
  if (wrapper === undefined) return [];
  const isWrapper = entries.length === 1 && (Array.isArray(wrapper[1]) || isItem(wrapper[1]));
  if (!isWrapper) return [node];
  return Array.isArray(wrapper[1]) ? wrapper[1] : [wrapper[1]];
}

/** The one child of a list element is its item: an object with fields, or the text of a number list. */
function isItem(value: unknown): boolean {
  return typeof value === 'object' ? value !== null : typeof value === 'string';
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.slice(0, 120);
}
