import { readFile } from 'node:fs/promises';
import { FORMATS } from '../reports/formats/formats.ts';
import type { FormatName } from '../reports/formats/names.ts';
import { reportSchema } from '../reports/report.ts';
import { RequestError } from '../termination/request.ts';
import { jsonFrom } from '../text/json.ts';
import type { Io } from './io.ts';

/** What would be posted, and nothing is. Returns the exit code. */
export async function reportCommand(
  file: string,
  { format }: { format: FormatName },
  { stdout }: Pick<Io, 'stdout'>,
): Promise<number> {
  const report = reportSchema.safeParse(jsonFrom(await textOf(file)));
  if (!report.success) {
    throw new RequestError([
      `${file} is no report; expected what "banap terminate --json" or "banap plan --json" prints`,
    ]);
  }
  const body: unknown = JSON.parse(FORMATS[format].body(report.data));
  stdout.write(`${JSON.stringify(body, null, 2)}\n`);
  return 0;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    throw new RequestError([`${file} cannot be read (${why})`]);
  }
}
