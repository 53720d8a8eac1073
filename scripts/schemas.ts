/** Write `schemas/*.json` from the definitions in the code; `schemas.test.ts` and `openapi.test.ts` hold them equal. */

import { writeFileSync } from 'node:fs';
import { policiesJsonSchema } from '../lib/policies/json-schema.ts';
import { schemaTexts } from '../lib/reports/schemas.ts';
import { openApiText } from '../lib/webhook/openapi.ts';

const texts = { ...schemaTexts(), 'policies.schema.json': policiesJsonSchema(), 'openapi.json': openApiText() };
for (const [file, text] of Object.entries(texts)) {
  writeFileSync(new URL(`../schemas/${file}`, import.meta.url), text);
  console.log(`schemas/${file}`);
}
