/** A request in words that a shell understands as they are. */

export interface Sent {
  headers: Record<string, string>;
  body: string;
}

export function curl(method: string, url: string, { headers, body }: Sent): string {
  const named = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const data = body === '' ? [] : [`--data-binary ${quoted(body)}`];
  return ['curl -sS --fail-with-body', `-X ${method}`, url, ...named, ...data].join(' ');
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
