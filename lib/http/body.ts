/**
 * Bodies are read here and not by @middy/http-json-body-parser or http-urlencode-body-parser (7.9.2), which run before a
 * signature is verified, lose the signed bytes, replace invalid UTF-8, skip invalid base64, let the last of two
 * equal keys win, accept `charset=euc-kr`, and put the body into the cause of an error.
 */

import { HttpProblem } from './problem.ts';
import type { HttpRequest } from './request.ts';

/** Refuse (415) any other content type than this one, in UTF-8, and any content encoding: nothing is unpacked here. */
export function mustBeOfType({ headers }: HttpRequest, type: string): void {
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding !== '' && encoding !== 'identity') {
    throw new HttpProblem(415, 'this content encoding is not accepted; send the body uncompressed', {
      headers: { 'accept-encoding': 'identity' },
    });
  }
  const [given = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const isUtf8 = parameters.every((one) => /^charset="?utf-8"?$/.test(one));
  if (given === type && isUtf8) return;
  throw new HttpProblem(415, `this content type is not accepted; expected ${type}, in UTF-8`, {
    headers: { accept: type },
  });
}

/** Throws a 400 if the bytes are not UTF-8. A byte order mark is kept, so that the text equals the bytes. */
export function textOf({ body }: HttpRequest): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new HttpProblem(400, 'the body is not UTF-8');
  }
}

/**
 * Throws a 400. Unlike V8's own message, it does not quote the body. It names a key that occurs twice, because
 * another reader of the body may use the first one, and here the last one would count.
 */
export function jsonOf(text: string, example: string): unknown {
  const value = parsed(text, example);
  const key = repeatedKey(text);
  if (key === undefined) return value;
  // Not in the detail, which is logged.
  throw new HttpProblem(400, 'the body is not valid; every problem is listed', {
    problems: [`the key ${JSON.stringify(key.slice(0, 60))} occurs more than once in one object; keep one of them`],
  });
}

function parsed(text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem(400, `the body is not JSON; expected for example ${example}`);
  }
}

/** The first key that an object of this JSON has twice, even if it is escaped in two ways. */
function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  let string = '';
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:]/g)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = String(JSON.parse(string));
      if (open.at(-1)?.has(key) === true) return key;
      open.at(-1)?.add(key);
    } else string = token;
  }
  return undefined;
}
