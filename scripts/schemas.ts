/** Write `schemas/*.schema.json` from the definitions in the code; `test/reports/schemas.test.ts` holds them equal. */

import { writeFileSync } from 'node:fs';
import { policiesJsonSchema } from '../lib/policies/json-schema.ts';
import { schemaTexts } from '../lib/reports/schemas.ts';

const texts = { ...schemaTexts(), 'policies.schema.json': policiesJsonSchema() };
for (const [file, text] of Object.entries(texts)) {
  writeFileSync(new URL(`../schemas/${file}`, import.meta.url), text);
  console.log(`schemas/${file}`);
}
