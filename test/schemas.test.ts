import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { schemaTexts } from '../scripts/schemas.ts';

it.each(Object.entries(schemaTexts()))(
  'schemas/%s is what the code defines (npm run schemas writes it)',
  (file, text) => {
    expect(readFileSync(new URL(`../schemas/${file}`, import.meta.url), 'utf8')).toBe(text);
  },
);
