/** The real handlers, and the HTTP API in front of them. */

import { globSync, statSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { declaredApi } from './dev-gateway.ts';
import type { LambdaHandler } from './durable-runner.ts';
import { listen } from './http.ts';
import { httpApi } from './http-api.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'functions');
const FUNCTIONS = globSync('*.ts', { cwd: FOLDER })
  .map((file) => basename(file, '.ts'))
  .toSorted();

/** By name; those that are here are asked for by it. */
export type Functions = Record<'start' | 'terminate' | 'chat', LambdaHandler>;

/** A sentence says it all. */
export class DevError extends Error {
  override readonly name = 'DevError';
}

/**
 * The HTTP API, with the routes that it has in AWS and, if wanted, their rate limits; requests wait until the functions are
 * there. `besides` gets those of paths under `/dev/`.
 */
export async function listenFor(
  loaded: Promise<Functions>,
  { port, throttle, besides }: { port: number; throttle: boolean; besides: RequestListener },
): Promise<{ url: string }> {
  const { entryByRoute, rateLimits } = declaredApi();
  const api = loaded.then((all) => {
    const handlers = new Map<string, LambdaHandler>(Object.entries(all));
    const routes = Object.entries(entryByRoute).flatMap(([key, entry]) => {
      const handler = handlers.get(entry);
      return handler === undefined ? [] : [[key, handler] as const];
    });
    return httpApi({ routes: Object.fromEntries(routes), ...(throttle && { rateLimits }) });
  });
  const listener: RequestListener = (request, response) => {
    if (request.url?.startsWith('/dev/') === true) besides(request, response);
    else void api.then((answer) => answer(request, response));
  };
  try {
    return await listen(listener, port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EADDRINUSE')
      throw new DevError(`Port ${port} of 127.0.0.1 is in use; choose another one, or 0 for any free one.`);
    if (code === 'EACCES')
      throw new DevError(`Port ${port} of 127.0.0.1 may not be used by this user; choose one above 1023.`);
    throw error;
  }
}

function mustBeBuilt(): void {
  const missing = FUNCTIONS.map(builtFile).filter((file) => statSync(file, { throwIfNoEntry: false }) === undefined);
  if (missing.length > 0) throw new DevError(`There is no ${missing.join(' and no ')}; run npm run build first.`);
}

function builtFile(name: string): string {
  return join('dist', `${name}.cjs`);
}

/** As Lambda would load them, with the settings in the environment. Throws DevError where they are to be built first. */
export async function functionsFrom({ built }: { built: boolean }): Promise<Functions> {
  if (built) mustBeBuilt();
  const pairs = FUNCTIONS.map(async (name) => {
    const file = built ? builtFile(name) : join(FOLDER, `${name}.ts`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what each of them exports
    const module = (await import(pathToFileURL(file).href)) as { handler: LambdaHandler };
    return [name, module.handler] as const;
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every one of the names
  return Object.fromEntries(await Promise.all(pairs)) as Functions;
}
