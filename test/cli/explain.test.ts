import { expect, it } from 'vitest';
import { explainCommand } from '../../lib/cli/explain.ts';
import { GUARDS_EXPLAINED } from '../../lib/cli/guards-explained.ts';
import { codesKnown } from '../../lib/ncloud/codes.ts';
import { describedAt } from '../../lib/policies/json-schema.ts';
import { RequestError } from '../../lib/termination/request.ts';

function explained(topic?: string): string {
  let out = '';
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of a stream that is used
  const stdout = { write: (text: string) => (out += text) } as unknown as NodeJS.WriteStream;
  expect(explainCommand(topic, { stdout })).toBe(0);
  return out;
}

const KEYS = describedAt(['policies', 'any']).keys;

it('every return code, guard and key is explained, in a sentence or more', () => {
  for (const topic of [...codesKnown(), ...Object.keys(GUARDS_EXPLAINED), ...KEYS]) {
    const text = explained(topic);
    expect(text).toMatch(/^(Return code|Guard|Key) /);
    expect(text).toContain(topic);
    expect(text.trim().length).toBeGreaterThan(topic.length + 20);
  }
  expect(codesKnown().length + KEYS.length).toBeGreaterThan(60);
});

it('without a topic it lists all of them', () => {
  const text = explained();
  for (const topic of [...codesKnown(), ...Object.keys(GUARDS_EXPLAINED), ...KEYS]) expect(text).toContain(topic);
});

it.each([
  ['windw', 'did you mean window?'],
  ['hled', 'did you mean held?'],
  ['25202', 'did you mean 25022?'],
  ['xyzzy', '"banap explain" lists what there is'],
  ['window.form', '"banap explain" lists what there is'],
])('%s is an error that helps', (topic, hint) => {
  expect(() => explained(topic)).toThrow(RequestError);
  expect(() => explained(topic)).toThrow(hint);
});
