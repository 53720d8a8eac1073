import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { packageProject } from './packaged.ts';

/** Packages the project once, before the first file. */
export async function setup(project: TestProject): Promise<() => void> {
  const packaged = await packageProject();
  project.provide('packagedProject', packaged);
  return () => rmSync(packaged.folder, { recursive: true, force: true });
}
