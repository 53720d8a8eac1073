import type { HttpAnswer } from './answer.ts';
import { HttpProblem } from './problem.ts';
import type { HttpRequest } from './request.ts';

export interface Route {
  method: 'GET' | 'POST';
  /** `{name}` stands for one segment, for example `/terminations/{id}`. */
  path: string;
  /** `parameter`: the decoded value of `{name}`; empty if the path has none. */
  answer: (request: HttpRequest, parameter: string) => Promise<HttpAnswer>;
}

interface Routed {
  route: Route;
  parameter: string;
}

/** The handler. `routes` is called for each request, so that a missing setting becomes an answer and not a crash. */
export function routed(routes: () => readonly Route[]): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => answerTo(request, routes());
}

/**
 * Throws a 404 or a 405. HEAD goes where GET goes. OPTIONS lists the methods of a path; browsers of other sites get no access.
 *
 * Not @middy/http-router (7.9.2): it answers 404 to another method, HEAD or OPTIONS, treats `/terminations/` as
 * `/terminations`, and prefers the gateway's decoded `pathParameters` to the path, so that `%252F` becomes a slash.
 */
export async function answerTo(request: HttpRequest, routes: readonly Route[]): Promise<HttpAnswer> {
  const { method, path } = request;
  const found = routes.flatMap((route) => matched(route, path) ?? []);
  if (found.length === 0) throw new HttpProblem(404, 'there is nothing at this path');
  const allow = allowed(found);
  if (method === 'OPTIONS') return { statusCode: 204, headers: { allow }, body: '' };
  const wanted = method === 'HEAD' ? 'GET' : method;
  const chosen = found.find(({ route }) => route.method === wanted);
  if (chosen === undefined) throw new HttpProblem(405, `this path accepts ${allow}`, { headers: { allow } });
  return chosen.route.answer(request, chosen.parameter);
}

function allowed(found: readonly Routed[]): string {
  const methods = found.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  return [...methods, 'OPTIONS'].join(', ');
}

function matched(route: Route, path: string): Routed | undefined {
  const wanted = route.path.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  let parameter = '';
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined;
      continue;
    }
    const decoded = decode(value);
    if (decoded === undefined || decoded === '') return undefined;
    parameter = decoded;
  }
  return { route, parameter };
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
