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
}

export interface CommandIo {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/** No secret: they open nothing but a simulator. */
const SAMPLE_ACCESS_KEY = 'SIMULATORACCESSKEY';
const SAMPLE_SECRET_KEY = 'SIMULATORSECRETKEY';

/** Runs a simulator until SIGINT or SIGTERM. One JSON line on stdout when it is ready; answers the exit code. */
export async function simulateCommand(options: SimulateOptions, io: CommandIo): Promise<number> {
  const stop = stopSignal();
  try {
    const simulator = await startSimulator(await simulatorOptions(options));
    io.stdout.write(`${JSON.stringify(readyLine(simulator, options))}\n`);
    await stop.received;
    io.stderr.write('\nended\n');
    await simulator.close();
    // Signals go on being heard: one that comes while the process ends must not end it with another code.
    return 0;
  } catch (error) {
    stop.forget();
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
  const { port, speed, seed, faults } = options;
  return {
    accessKey: options.accessKey ?? SAMPLE_ACCESS_KEY,
    secretKey: options.secretKey ?? SAMPLE_SECRET_KEY,
    ...(options.fleet === undefined ? {} : { fleet: await readFleet(options.fleet) }),
    ...(port === undefined ? {} : { port }),
    ...(speed === undefined ? {} : { speed }),
    ...(seed === undefined ? {} : { seed }),
    ...(faults === undefined ? {} : { faults }),
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

function stopSignal(): { received: Promise<void>; forget(): void } {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const { promise, resolve } = Promise.withResolvers<void>();
  const onSignal = (): void => resolve();
  // May come twice, from the terminal and from npm; the second one must not end it with another code.
  for (const signal of signals) process.on(signal, onSignal);
  return {
    received: promise,
    forget: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
