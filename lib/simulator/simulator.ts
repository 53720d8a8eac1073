import { createClock } from './clock.ts';
import { SimulatorInputError } from './errors.ts';
import { parseFaults } from './faults.ts';
import { type FleetInput, parseFleet } from './fleet.ts';
import { parseGuesses } from './guesses.ts';
import { type Exchange, exchange } from './http/exchange.ts';
import type { Gateway, IncomingCall } from './http/gateway.ts';
import { type RequestLimit, requestMeter } from './http/request-limit.ts';
import { listen } from './http/server.ts';
import { Journal, type JournalEntry } from './journal.ts';
import { type Site, sites } from './regions.ts';
import { sampleFleet } from './sample-fleet.ts';
import { type SimulatorState, stateOf } from './state.ts';
import { populate } from './world/build.ts';
import { type PersonsHand, personsHand } from './world/person.ts';
import { World } from './world/world.ts';

export interface SimulatorOptions {
  /** The parsed JSON of a fleet file, checked here; absent: the sample fleet. */
  fleet?: FleetInput;
  accessKey: string;
  secretKey: string;
  /** Simulated seconds per real second, 1 unless said otherwise; 0 stands still until advance(). */
  speed?: number;
  /** The simulated instant at the start; absent: now. */
  startAt?: Date;
  seed?: number;
  /** Whose NCP it is, public unless said otherwise: which regions there are. */
  site?: string;
  /** `NAME=VALUE` of the table in guesses.ts. */
  guesses?: readonly string[];
  /** `ACTION:KIND:HOW_OFTEN`, comma-separated. */
  faults?: string;
  /** How many calls the gateway takes; absent: all. */
  limit?: RequestLimit;
  /** The gateway's wall clock in milliseconds, against which signatures' timestamps are checked. */
  gatewayNow?: () => number;
}

export interface ListeningOptions extends SimulatorOptions {
  /** 0 or absent: any free port. */
  port?: number;
  /** Real milliseconds before every answer. */
  latencyMs?: number;
}

/** NCP without a network: its world, its gateway, and its person. */
export interface SimulatedNcp {
  /** Hands in a request as it would arrive over a socket. */
  exchange: (incoming: IncomingCall) => Exchange;
  state(): SimulatorState;
  journal(): JournalEntry[];
  advance(seconds: number): void;
  now(): Date;
  /** Replaces the faults from now on. */
  setFaults(spec: string): void;
  person: PersonsHand;
}

export interface Simulator extends SimulatedNcp {
  url: string;
  close(): Promise<void>;
}

/** NCP over HTTP on 127.0.0.1. Throws SimulatorInputError when fleet, faults, limit, speed or port cannot be used. */
export async function startSimulator({ port, latencyMs = 0, ...options }: ListeningOptions): Promise<Simulator> {
  const ncp = createSimulator(options);
  const server = await listen({ exchange: ncp.exchange, port: checkedPort(port ?? 0), latencyMs });
  return { ...ncp, url: server.url, close: () => server.close() };
}

/** NCP in this process. Throws SimulatorInputError when fleet, faults, limit or speed cannot be used. */
export function createSimulator(options: SimulatorOptions): SimulatedNcp {
  const { accessKey, secretKey, seed = 1 } = options;
  const clock = createClock({ startAt: options.startAt ?? new Date(), speed: checkedSpeed(options.speed ?? 1) });
  const journal = new Journal();
  const nature = { site: checkedSite(options.site ?? 'public'), guesses: parseGuesses(options.guesses ?? []) };
  const world = new World(clock, journal, nature);
  populate(world, parseFleet(options.fleet ?? sampleFleet(nature.site)));
  const gateway: Gateway = {
    world,
    journal,
    credentials: { accessKey, secretKey },
    faults: parseFaults(options.faults ?? '', seed),
    meter: options.limit && requestMeter(options.limit),
    gatewayNow: options.gatewayNow ?? Date.now,
  };
  const advance = (seconds: number): void => {
    clock.advance(seconds);
    world.settle();
  };
  const person = personsHand(world);
  return {
    exchange: (incoming) => exchange(gateway, { world, journal, person, advance }, incoming),
    state: () => {
      world.settle();
      return stateOf(world);
    },
    journal: () => {
      world.settle();
      return structuredClone(journal.entries);
    },
    advance,
    now: () => new Date(world.now()),
    setFaults: (spec) => {
      gateway.faults = parseFaults(spec, seed);
    },
    person,
  };
}

function checkedSite(site: string): Site {
  const known = sites.find((each) => each === site);
  if (known !== undefined) return known;
  throw new SimulatorInputError(`The site must be one of ${sites.join(', ')}, not "${site}".`);
}

function checkedSpeed(speed: number): number {
  if (Number.isFinite(speed) && speed >= 0) return speed;
  throw new SimulatorInputError(`The speed must be 0 or more simulated seconds per second, such as 60, not ${speed}.`);
}

function checkedPort(port: number): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new SimulatorInputError(`The port must be a whole number from 0 to 65535, such as 18080, not ${port}.`);
}
