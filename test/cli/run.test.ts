import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

const { problemOf }: { problemOf: (version: string) => string } = createRequire(import.meta.url)('../../bin/run.js');

it.each(['18.0.0', '20.20.2', '22.14.0', '23.11.0'])('Node %s is refused in one sentence that names it', (version) => {
  expect(problemOf(version)).toMatch(new RegExp(`^banap needs Node 24 or later; this is Node ${version}\\. .*$`));
});

it.each(['24.0.0', '24.21.0', '26.1.0', '100.0.0'])('Node %s is new enough', (version) => {
  expect(problemOf(version)).toBe('');
});
