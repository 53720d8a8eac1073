import { expect, it } from 'vitest';
import { codeOf } from '../lib/errors.ts';

class ThrottlingException extends Error {
  override readonly name = 'ThrottlingException';
}

it.each<[string, unknown, string]>([
  ['by its code', Object.assign(new Error('connect to 10.0.0.1'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  ['by its name where it has no code', new ThrottlingException('slow down'), 'ThrottlingException'],
  ['by its name where its code is a number', Object.assign(new TypeError('no'), { code: 20 }), 'TypeError'],
  ['never by its text', new Error('secret'), 'Error'],
  ['as unknown where it is no error', 'secret', 'unknown error'],
])('what went wrong is told %s', (_title, error, code) => {
  expect(codeOf(error)).toBe(code);
});
