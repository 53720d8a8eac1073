import { readFile } from 'node:fs/promises';
import { decodeUtf8 } from '../text/utf8.ts';
import { SimulatorInputError } from './errors.ts';
import type { FleetInput } from './fleet.ts';
import { jsonProblem } from './json-problem.ts';
import { type ListeningOptions, type Simulator, startSimulator } from './simulator.ts';

export interface SimulateOptions {
  port?: number;
  /** Path of a fleet file; absent: the sample fleet. */
  fleet?: string;
  accessKey?: string;
  secretKey?: string;
  speed?: number;
  seed?: number;
  faults?: string;
  site?: string;
  /** `NAME=VALUE`, any number of them. */
  guess?: readonly string[];
}

export interface CommandIo {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/** No secret: they open nothing but a simulator. */
const SAMPLE_ACCESS_KEY = 'SIMULATORACCESSKEY';
const SAMPLE_SECRET_KEY = 'SIMULATORSECRETKEY';

/**
 * Starts a simulator, which lives as long as this process does, and prints one JSON line on stdout when it is ready.
 * Answers the exit code: 1 where it could not be started.
 */
export async function simulateCommand(options: SimulateOptions, io: CommandIo): Promise<number> {
  try {
    const simulator = await startSimulator(await simulatorOptions(options));
    io.stdout.write(`${JSON.stringify(readyLine(simulator, options))}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof SimulatorInputError)) throw error;
    io.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function readyLine(simulator: Simulator, options: SimulateOptions): object {
  return {
    url: simulator.url,
    accessKey: options.accessKey ?? SAMPLE_ACCESS_KEY,
    servers: simulator.state().servers.length,
    state: `${simulator.url}/_simulator/state`,
    journal: `${simulator.url}/_simulator/journal`,
  };
}

async function simulatorOptions(options: SimulateOptions): Promise<ListeningOptions> {
  const { port, speed, seed, faults, site, guess } = options;
  return {
    accessKey: options.accessKey ?? SAMPLE_ACCESS_KEY,
    secretKey: options.secretKey ?? SAMPLE_SECRET_KEY,
    ...(options.fleet === undefined ? {} : { fleet: await readFleet(options.fleet) }),
    ...(port === undefined ? {} : { port }),
    ...(speed === undefined ? {} : { speed }),
    ...(seed === undefined ? {} : { seed }),
    ...(faults === undefined ? {} : { faults }),
    ...(site === undefined ? {} : { site }),
    ...(guess === undefined ? {} : { guesses: guess }),
  };
}

async function readFleet(path: string): Promise<FleetInput> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new SimulatorInputError(`Cannot read the fleet file ${path}: ${reason}.`);
  });
  const decoded = decodeUtf8(bytes);
  if (!decoded.ok) {
    const { line, column, problem } = decoded;
    throw new SimulatorInputError(`The fleet file ${path}, line ${line}, column ${column}: ${problem}.`);
  }
  try {
    return JSON.parse(decoded.text);
  } catch {
    throw new SimulatorInputError(`The fleet file ${path} is not JSON: ${jsonProblem(decoded.text)}.`);
  }
}
