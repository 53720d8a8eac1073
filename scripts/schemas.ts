/** Write `schemas/*.schema.json` from the definitions in the code; `test/reports/schemas.test.ts` holds them equal. */

import { writeFileSync } from 'node:fs';
import { schemaTexts } from '../lib/reports/schemas.ts';

for (const [file, text] of Object.entries(schemaTexts())) {
  writeFileSync(new URL(`../schemas/${file}`, import.meta.url), text);
  console.log(`schemas/${file}`);
}
