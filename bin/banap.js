#!/usr/bin/env node
'use strict';

const { commandLine, run } = require('./run.js');

run(commandLine());
