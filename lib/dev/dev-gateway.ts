/** The HTTP API as serverless.yml declares it, so that `npm run dev` has the routes and the rates that AWS has. */

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import type { RateLimit } from './http-rate.ts';

export interface DeclaredApi {
  /** Which file in `functions` takes requests along a route, by the route's key (`ANY /terminations`). */
  entryByRoute: Readonly<Record<string, string>>;
  /** Of each route, by its key. */
  rateLimits: Readonly<Record<string, RateLimit>>;
}

const FILE = new URL('../../serverless.yml', import.meta.url);

const functionSchema = z.looseObject({
  handler: z.string().regex(/^dist\/[\w-]+\.handler$/),
  events: z.array(z.looseObject({ httpApi: z.string().optional() })).default([]),
});

const throttlingSchema = z.looseObject({ ThrottlingBurstLimit: z.int(), ThrottlingRateLimit: z.int() });
/** Those of a chat stand in an `!If`, which is a list once its tag is dropped; on this machine every chat is there. */
const routeThrottlingSchema = z.union([
  throttlingSchema,
  z.tuple([z.string(), throttlingSchema, z.unknown()]).transform(([, then]) => then),
]);

const stageSchema = z.looseObject({
  extensions: z.looseObject({
    HttpApiStage: z.looseObject({
      Properties: z.looseObject({
        DefaultRouteSettings: throttlingSchema,
        RouteSettings: z.record(z.string(), routeThrottlingSchema),
      }),
    }),
  }),
});

const declarationSchema = z.looseObject({
  functions: z.record(z.string(), functionSchema),
  resources: z.array(z.unknown()),
});

export function declaredApi(): DeclaredApi {
  // CloudFormation's own tags (`!Ref`) are of no interest here, and no reason to warn.
  const text: unknown = parse(readFileSync(FILE, 'utf8'), { logLevel: 'error' });
  const { functions, resources } = declarationSchema.parse(text);
  const routes = Object.values(functions).flatMap(({ handler, events }) =>
    events.flatMap(({ httpApi }) => (httpApi === undefined ? [] : [[httpApi, entryOf(handler)] as const])),
  );
  const stage = resources.flatMap((one) => stageSchema.safeParse(one).data ?? [])[0];
  if (stage === undefined) throw new Error('serverless.yml has no HttpApiStage');
  const { DefaultRouteSettings, RouteSettings } = stage.extensions.HttpApiStage.Properties;
  const limits = routes.map(([key]) => [key, limitOf(RouteSettings[key] ?? DefaultRouteSettings)] as const);
  return { entryByRoute: Object.fromEntries(routes), rateLimits: Object.fromEntries(limits) };
}

function limitOf({ ThrottlingRateLimit, ThrottlingBurstLimit }: z.output<typeof throttlingSchema>): RateLimit {
  return { perSecond: ThrottlingRateLimit, burst: ThrottlingBurstLimit };
}

/** `slack` of `dist/slack.handler`. */
function entryOf(handler: string): string {
  return handler.replace(/^dist\//, '').replace(/\.handler$/, '');
}
