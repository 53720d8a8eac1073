import * as z from 'zod';
import { requestSchema } from '../termination/request.ts';
import { reportSchema } from './report.ts';

/** The JSON Schemas that the project publishes, by file name: what goes in and what comes out. */
export function schemaTexts(): Record<string, string> {
  return {
    'request.schema.json': text(requestSchema, 'input', 'A termination request'),
    'report.schema.json': text(reportSchema, 'output', 'A termination report, version 1'),
  };
}

function text(schema: z.ZodType, io: 'input' | 'output', title: string): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io }) }, null, 2)}\n`;
}
