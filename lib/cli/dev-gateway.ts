/** The HTTP API as serverless.yml declares it, so that `npm run dev` has the routes and the rate that AWS has. */

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import type { RateLimit } from '../local/http-rate.ts';

export interface DeclaredApi {
  /** Which file in `functions` takes requests along a route, by the route's key (`ANY /terminations`). */
  entryByRoute: Readonly<Record<string, string>>;
  rateLimit: RateLimit;
}

const FILE = new URL('../../serverless.yml', import.meta.url);

const functionSchema = z.looseObject({
  handler: z.string().regex(/^dist\/[\w-]+\.handler$/),
  events: z.array(z.looseObject({ httpApi: z.string().optional() })).default([]),
});

const stageSchema = z.looseObject({
  extensions: z.looseObject({
    HttpApiStage: z.looseObject({
      Properties: z.looseObject({
        DefaultRouteSettings: z.looseObject({ ThrottlingBurstLimit: z.int(), ThrottlingRateLimit: z.int() }),
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
  const { ThrottlingRateLimit, ThrottlingBurstLimit } = stage.extensions.HttpApiStage.Properties.DefaultRouteSettings;
  return {
    entryByRoute: Object.fromEntries(routes),
    rateLimit: { perSecond: ThrottlingRateLimit, burst: ThrottlingBurstLimit },
  };
}

/** `slack` of `dist/slack.handler`. */
function entryOf(handler: string): string {
  return handler.replace(/^dist\//, '').replace(/\.handler$/, '');
}
