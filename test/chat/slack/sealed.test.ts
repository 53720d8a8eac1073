import { expect, test } from 'vitest';
import { seal, unseal } from '../../../lib/chat/slack/sealed.ts';

const URL = 'https://hooks.slack.com/commands/T0/1/secret-part';
const [OLD, NEW] = ['0123456789abcdef-old', '0123456789abcdef-new'];

test('a sealed URL opens for its request, with any of the secrets that it may be sealed with', () => {
  expect(unseal(seal(URL, '1.2', NEW), '1.2', [NEW, OLD])).toBe(URL);
  expect(unseal(seal(URL, '1.2', OLD), '1.2', [NEW, OLD])).toBe(URL);
});

test('it shows nothing of itself, and is never the same twice', () => {
  const sealed = seal(URL, '1.2', NEW);
  expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toMatch(/hooks|secret-part/);
  expect(seal(URL, '1.2', NEW)).not.toBe(sealed);
});

test('it opens for no other request, with no other secret, and not once it was changed', () => {
  const sealed = seal(URL, '1.2', NEW);
  expect(unseal(sealed, '1.3', [NEW])).toBeUndefined();
  expect(unseal(sealed, '1.2', [OLD])).toBeUndefined();
  const bytes = Buffer.from(sealed, 'base64');
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(unseal(changed.toString('base64'), '1.2', [NEW])).toBeUndefined();
  }
  for (const cut of ['', 'x', sealed.slice(0, 30)]) expect(unseal(cut, '1.2', [NEW])).toBeUndefined();
});
