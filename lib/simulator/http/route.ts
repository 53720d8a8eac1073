import { jsonFrom } from '../../text/json.ts';
import { services } from '../api/actions.ts';
import { Parameters } from '../api/parameters.ts';
import { errorEnvelope, type ReplyFields, type ReplyFormat, successEnvelope } from '../api/reply.ts';
import type { Action } from '../api/scope.ts';
import { toXml } from '../api/xml.ts';
import { ActionRefused, httpStatusOf, messageOf } from '../errors.ts';
import type { JournalCall } from '../journal.ts';
import type { Environment } from '../regions.ts';
import { type ResourceAction, type ResourceAnswer, resourceActions, resourceError } from '../resource-manager.ts';
import type { World } from '../world/world.ts';
import type { Answer } from './gateway-errors.ts';

/** What an action did and said. */
export interface Result {
  answer: Answer;
  returnCode: string;
  ignored?: string[];
}

/** A call that found its action. */
export interface Route {
  environment: JournalCall['environment'];
  action: string;
  parameters: Record<string, string>;
  serverInstanceNos: string[];
  run(world: World, requestId: string): Result;
  /** The error of a fault, in the words and form of this action. */
  refuse(world: World, returnCode: string): Result;
}

/** Nothing when the path or the action is unknown. */
export function routeOf(request: { method: string; target: string; body: Buffer }): Route | undefined {
  const [path, query] = splitTarget(request.target);
  const resourceAction = resourceActions.get(`${request.method} ${path}`);
  if (resourceAction) return resourceRoute(resourceAction, request.body.toString('utf8'));
  if (request.method !== 'GET' && request.method !== 'POST') return undefined;
  const [, prefix = '', name = ''] = /^\/(\w+)\/v2\/(\w+)$/.exec(path) ?? [];
  const service = Object.hasOwn(services, prefix) ? services[prefix] : undefined;
  const action = service?.actions.get(name);
  if (!service || !action) return undefined;
  const form = request.method === 'POST' ? request.body.toString('utf8') : '';
  return actionRoute(
    service.environment,
    name,
    action,
    new Map([...new URLSearchParams(query), ...new URLSearchParams(form)]),
  );
}

function actionRoute(environment: Environment, name: string, action: Action, given: Map<string, string>): Route {
  const format: ReplyFormat = given.get('responseFormatType')?.toLowerCase() === 'json' ? 'json' : 'xml';
  const serverInstanceNos = [...given].flatMap(([key, value]) =>
    /^(serverInstanceNo|(serverInstanceNoList|instanceNoList)\.\d+)$/.test(key) ? [value] : [],
  );
  return {
    environment,
    action: name,
    parameters: Object.fromEntries(given),
    serverInstanceNos,
    run: (world, requestId) => runAction(world, environment, name, action, given, format, requestId),
    refuse: (world, returnCode) =>
      refusal(world, returnCode, messageOf(returnCode, subjectOf(world, returnCode, serverInstanceNos)), format),
  };
}

function runAction(
  world: World,
  environment: Environment,
  name: string,
  action: Action,
  given: Map<string, string>,
  format: ReplyFormat,
  requestId: string,
): Result {
  const parameters = new Parameters(given);
  try {
    const isBare = world.guesses['act-reply'] === 'bare' && !/^(get|create)/.test(name);
    const reply = { ...action({ world, environment, parameters }), isBare };
    const answer = written(200, `${name}Response`, successEnvelope(requestId, reply), format);
    return { answer, returnCode: '0', ignored: parameters.unknown() };
  } catch (error) {
    if (!(error instanceof ActionRefused)) throw error;
    return refusal(world, error.refusal.returnCode, error.message, format);
  }
}

function refusal(world: World, returnCode: string, message: string, format: ReplyFormat): Result {
  const envelope = errorEnvelope(world.guesses['error-keys'], returnCode, message);
  return { answer: written(httpStatusOf(returnCode), 'responseError', envelope, format), returnCode };
}

/**
 * JSON with two spaces and without a final newline: NCP's Go SDK (v2) cuts the reply from one byte before the second `{` to
 * the last but one byte, so it can read neither compact JSON nor a trailing newline. The charset suffix is a guess; the
 * gateway NCP runs for another product sends it.
 */
function written(status: number, root: string, fields: ReplyFields, format: ReplyFormat): Answer {
  return format === 'json'
    ? { status, contentType: 'application/json;charset=UTF-8', body: JSON.stringify({ [root]: fields }, null, 2) }
    : { status, contentType: 'application/xml;charset=UTF-8', body: toXml(root, fields) };
}

/** What stands for `{0}` in an injected error: the address's number in 24073, the server's name in the others. */
function subjectOf(world: World, returnCode: string, serverInstanceNos: readonly string[]): string {
  const [no = ''] = serverInstanceNos;
  if (returnCode === '24073') return world.publicIpOf(no)?.publicIpInstanceNo ?? '';
  return world.servers.get(no)?.serverName ?? no;
}

function resourceRoute(action: { name: string; run: ResourceAction }, text: string): Route {
  const body = text === '' ? {} : jsonFrom(text);
  const given: Record<string, unknown> = isRecord(body) ? body : {};
  const nrnList = Array.isArray(given['nrnList']) ? given['nrnList'] : [];
  return {
    environment: 'resource-manager',
    action: action.name,
    parameters: Object.fromEntries(
      Object.entries(given).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
    serverInstanceNos: [given['resourceId'], ...nrnList.map((nrn) => String(nrn).split('/').at(-1))].flatMap((no) =>
      typeof no === 'string' ? [no] : [],
    ),
    run: (world) =>
      resourceResult(body === undefined ? resourceError('The body is not JSON.') : action.run(world, body)),
    refuse: (_world, returnCode) =>
      resourceResult(resourceError(messageOf(returnCode), returnCode, httpStatusOf(returnCode))),
  };
}

function resourceResult({ status, body, returnCode }: ResourceAnswer): Result {
  return { answer: { status, contentType: 'application/json;charset=UTF-8', body: JSON.stringify(body) }, returnCode };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function splitTarget(target: string): [path: string, query: string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
}
