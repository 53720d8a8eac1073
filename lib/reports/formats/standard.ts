import type { Format } from './format.ts';

/** The report itself, for programs. */
export const standard: Format = { body: (report) => JSON.stringify(report), headers: {} };
