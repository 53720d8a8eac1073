import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { policiesJsonSchema } from '../../lib/policies/json-schema.ts';
import { schemaTexts } from '../../lib/reports/schemas.ts';

const texts = { ...schemaTexts(), 'policies.schema.json': policiesJsonSchema() };

it.each(Object.entries(texts))('schemas/%s is what the code defines (npm run schemas writes it)', (file, text) => {
  expect(readFileSync(new URL(`../../schemas/${file}`, import.meta.url), 'utf8')).toBe(text);
});
