import type { ReplyFields, ReplyValue } from './reply.ts';

/**
 * A reply as NCP writes it: `<xxxList>` wraps one `<xxx>` per row, an empty value is an empty element. Written by hand
 * and not with the client's XML library, so that a wrong belief about the shape cannot pass on both sides.
 */
export function toXml(root: string, fields: ReplyFields): string {
  return element(root, fields, '');
}

function element(name: string, value: ReplyValue, indent: string): string {
  const children = childrenOf(name, value, `${indent}  `);
  if (children !== undefined) {
    return children.length === 0
      ? `${indent}<${name}/>`
      : `${indent}<${name}>\n${children.join('\n')}\n${indent}</${name}>`;
  }
  const text = escapeText(plain(value));
  return text === '' ? `${indent}<${name}/>` : `${indent}<${name}>${text}</${name}>`;
}

function plain(value: ReplyValue): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? value.toString() : '';
}

function childrenOf(name: string, value: ReplyValue, indent: string): string[] | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (isRows(value)) {
    const row = name.replace(/List$/, '');
    return value.map((item) => element(row, item, indent));
  }
  return Object.entries(value).map(([field, child]) => element(field, child, indent));
}

function isRows(value: ReplyFields | readonly ReplyValue[]): value is readonly ReplyValue[] {
  return Array.isArray(value);
}

/** XML 1.0 knows no escape for control characters and lone surrogates: they are dropped. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replaceAll('\r', '&#13;');
}
