/** Write `schemas/*.json` from the definitions in the code; `schemas.test.ts` holds them equal. */

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { writtenPoliciesSchema } from '../lib/policies/schema.ts';
import { reportSchema } from '../lib/reports/report.ts';
import { requestSchema } from '../lib/termination/request.ts';
import { openApiText } from './openapi.ts';

/** The schemas of input and output, by file name. Editors use the one of `policies.yml` for completion. */
export function schemaTexts(): Record<string, string> {
  return {
    'request.schema.json': text(requestSchema, 'input', 'A termination request'),
    'report.schema.json': text(reportSchema, 'output', 'A termination report, version 2'),
    'policies.schema.json': text(writtenPoliciesSchema, 'input', 'Policies of banap, version 1'),
    'openapi.json': openApiText(),
  };
}

function text(schema: z.ZodType, io: 'input' | 'output', title: string): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io }) }, null, 2)}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [file, content] of Object.entries(schemaTexts())) {
    writeFileSync(new URL(`../schemas/${file}`, import.meta.url), content);
    console.log(`schemas/${file}`);
  }
}
