// Starts a file of this project, or says in one sentence which Node it needs. It runs in any Node, so it uses nothing new.
'use strict';

const { existsSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

const NEEDED = 24;

/** Empty if this Node is new enough. */
function problemOf(version) {
  if (Number(version.split('.')[0]) >= NEEDED) return '';
  return `banap needs Node ${NEEDED} or later; this is Node ${version}. Install it from https://nodejs.org and try again.`;
}

function run(file) {
  const problem = problemOf(process.versions.node);
  if (problem !== '') {
    console.error(problem);
    process.exitCode = 1;
    return;
  }
  process.argv[1] = file;
  import(pathToFileURL(file).href).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}

/** The command line as it stands in the sources, or else built, as it is installed. */
function commandLine() {
  const source = join(__dirname, '..', 'lib', 'cli', 'main.ts');
  return existsSync(source) ? source : join(__dirname, '..', 'dist-cli', 'banap.js');
}

module.exports = { problemOf, run, commandLine };

if (require.main === module) {
  process.argv.splice(1, 1);
  run(resolve(process.argv[1]));
}
