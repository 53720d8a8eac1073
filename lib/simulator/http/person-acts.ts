import * as z from 'zod';
import { nearest } from '../../text/nearest.ts';
import * as fleet from '../fleet.ts';
import type { PersonsHand } from '../world/person.ts';

/** What was asked of the person makes no sense; nothing was done. */
export class PersonRequestError extends Error {
  override readonly name = 'PersonRequestError';
}

/** Does what a body such as `{"rename":["1001","prod-1"]}` says. Throws PersonRequestError, or what the hand throws. */
export function actAsPerson(person: PersonsHand, body: unknown): string | undefined {
  const given = z.record(z.string(), z.array(z.unknown())).safeParse(body);
  const [entry, ...more] = Object.entries(given.data ?? {});
  if (!entry || more.length > 0) {
    throw new PersonRequestError(`The person takes one act and its arguments as a list, such as ${EXAMPLE}.`);
  }
  const [name, args] = entry;
  const known = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (!known) throw new PersonRequestError(unknownAct(name));
  return known.carryOut(person, args, name);
}

const EXAMPLE = '{"rename":["1001","prod-1"]}';

interface Act {
  /** Its arguments in words. */
  takes: string;
  carryOut(person: PersonsHand, args: unknown[], name: string): string | undefined;
}

/** One act: what its arguments are stands once, for the check and for the help. */
function act<Schema extends z.ZodTuple>(
  schema: Schema,
  does: (person: PersonsHand, args: z.output<Schema>) => string | void,
): Act {
  const takes = schema.def.items.map((item) => z.globalRegistry.get(item)?.title ?? '').join(', ');
  return {
    takes,
    carryOut: (person, args, name) => {
      const parsed = schema.safeParse(args);
      if (!parsed.success) throw new PersonRequestError(`${name} takes [${takes}]; ${wrong(args, parsed.error)}.`);
      return does(person, parsed.data) ?? undefined;
    },
  };
}

const serverNo = fleet.instanceNo.meta({ title: '"serverInstanceNo"' });
const storageNo = fleet.instanceNo.meta({ title: '"blockStorageInstanceNo"' });
const publicIpNo = fleet.instanceNo.meta({ title: '"publicIpInstanceNo"' });
const publicIp = fleet.ipv4.meta({ title: '"publicIp"' });
const serverName = z.string().min(1).meta({ title: '"serverName"' });
const yes = z.boolean().meta({ title: 'true|false' });
const tagKey = z.string().min(1).meta({ title: '"tagKey"' });
const tagValue = z.string().nullable().meta({ title: '"tagValue"|null' });
const createDate = fleet.date.meta({ title: '"createDate"' });
const status = fleet.serverStatus.meta({ title: '"status"' });
const operation = fleet.serverOperation.optional().meta({ title: '"operation"?' });
const seconds = z.number().min(0).optional().meta({ title: 'seconds?' });
const diskName = z.string().min(1).optional().meta({ title: '"blockStorageName"?' });
const sizeGb = z.int().min(1).optional().meta({ title: 'sizeGb?' });
const diskStatus = fleet.storageStatus.meta({ title: '"status"' });
const diskOperation = fleet.storageOperation.optional().meta({ title: '"operation"?' });

const acts: Readonly<Record<string, Act>> = {
  rename: act(z.tuple([serverNo, serverName]), (person, [no, name]) => person.rename(no, name)),
  protect: act(z.tuple([serverNo, yes]), (person, [no, on]) => person.protect(no, on)),
  start: act(z.tuple([serverNo]), (person, [no]) => person.start(no)),
  stop: act(z.tuple([serverNo]), (person, [no]) => person.stop(no)),
  restart: act(z.tuple([serverNo]), (person, [no]) => person.restart(no)),
  setStatus: act(z.tuple([serverNo, status, operation, seconds]), (person, [no, ...state]) =>
    person.setStatus(no, ...state),
  ),
  attachStorage: act(z.tuple([serverNo, diskName, sizeGb]), (person, [no, blockStorageName, size]) =>
    person.attachStorage(no, {
      ...(blockStorageName !== undefined && { blockStorageName }),
      ...(size !== undefined && { sizeGb: size }),
    }),
  ),
  detachStorage: act(z.tuple([storageNo]), (person, [no]) => person.detachStorage(no)),
  moveStorage: act(z.tuple([storageNo, serverNo]), (person, [no, to]) => person.moveStorage(no, to)),
  setStorage: act(z.tuple([storageNo, diskStatus, diskOperation]), (person, [no, is, does]) =>
    person.setStorage(no, { status: is, ...(does !== undefined && { operation: does }) }),
  ),
  associatePublicIp: act(z.tuple([serverNo, publicIp]), (person, [no, ip]) => person.associatePublicIp(no, ip)),
  movePublicIp: act(z.tuple([publicIpNo, serverNo]), (person, [no, to]) => person.movePublicIp(no, to)),
  disassociatePublicIp: act(z.tuple([publicIpNo]), (person, [no]) => person.disassociatePublicIp(no)),
  changeLoadBalancer: act(z.tuple([serverNo, yes]), (person, [no, on]) => person.changeLoadBalancer(no, on)),
  setTag: act(z.tuple([serverNo, tagKey, tagValue]), (person, [no, key, value]) =>
    person.setTag(no, key, value ?? undefined),
  ),
  remove: act(z.tuple([serverNo]), (person, [no]) => person.remove(no)),
  recreate: act(z.tuple([serverNo, serverName, createDate]), (person, [no, name, date]) =>
    person.recreate(no, { serverName: name, createDate: date }),
  ),
  replace: act(z.tuple([serverNo]), (person, [no]) => person.replace(no)),
} satisfies Record<keyof PersonsHand, Act>;

/** All that the person can do, each as it is asked for. */
export const personActs = Object.entries(acts).map(([name, { takes }]) => `{"${name}":[${takes}]}`);

function unknownAct(name: string): string {
  const meant = nearest(name, Object.keys(acts));
  return `The person cannot "${name}"; ${meant ? `did you mean "${meant}"?` : `it can ${Object.keys(acts).join(', ')}.`}`;
}

function wrong(args: unknown[], { issues: [issue] }: z.ZodError): string {
  const place = issue?.path[0];
  if (typeof place !== 'number') return `${args.length} given`;
  return `argument ${place + 1} is ${JSON.stringify(args[place]) ?? 'missing'}: ${issue?.message}`;
}
