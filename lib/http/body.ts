import { HttpProblem } from './problem.ts';
import type { HttpRequest } from './request.ts';

/** Refuse (415) any other content type than this one, in UTF-8. */
export function mustBeOfType({ headers }: HttpRequest, type: string): void {
  const [given = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const isUtf8 = parameters.every((one) => /^charset="?utf-8"?$/.test(one));
  if (given === type && isUtf8) return;
  throw new HttpProblem(415, `the content type is not taken; expected ${type}, in UTF-8`, {
    headers: { accept: type },
  });
}

/** Throws a 400 where the bytes are no UTF-8. A byte order mark is kept, so that text and bytes say the same. */
export function textOf({ body }: HttpRequest): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new HttpProblem(400, 'the body is not UTF-8');
  }
}

/** Throws a 400 that quotes nothing: V8's own message would quote the body. */
export function jsonOf(text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem(400, `the body is not JSON; expected for example ${example}`);
  }
}
