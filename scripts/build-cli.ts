/**
 * Build the command line for `npm pack`: Node runs no TypeScript from `node_modules`. One file, `dist-cli/banap.js`; what is
 * in `dependencies` stays outside.
 */

import { build } from 'esbuild';

await build({
  entryPoints: ['lib/cli/main.ts'],
  outfile: 'dist-cli/banap.js',
  bundle: true,
  charset: 'utf8',
  platform: 'node',
  target: 'node24',
  format: 'esm',
  packages: 'external',
  keepNames: true,
  logLevel: 'warning',
});
