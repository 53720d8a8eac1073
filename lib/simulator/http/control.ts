import * as z from 'zod';
import { jsonFrom } from '../../text/json.ts';
import { isoDate } from '../clock.ts';
import { ActionRefused, NotPossible } from '../errors.ts';
import type { Journal } from '../journal.ts';
import { stateOf } from '../state.ts';
import type { PersonsHand } from '../world/person.ts';
import type { World } from '../world/world.ts';
import type { Answer } from './gateway-errors.ts';
import { actAsPerson, PersonRequestError, personActs } from './person-acts.ts';

export interface Controlled {
  world: World;
  journal: Journal;
  person: PersonsHand;
  advance(seconds: number): void;
}

/** The simulator's own control paths, under `/_simulator/`: read the state, advance time, act as a person. No signature; NCP has nothing like it. */
export function answerControl(
  controlled: Controlled,
  request: { method: string; path: string; body: Buffer | undefined },
): Answer {
  switch (`${request.method} ${request.path}`) {
    case 'GET /_simulator/state':
      controlled.world.settle();
      return json(200, stateOf(controlled.world));
    case 'GET /_simulator/journal':
      controlled.world.settle();
      return json(200, controlled.journal.entries);
    case 'POST /_simulator/clock':
      return stepClock(controlled, request.body?.toString('utf8') ?? '');
    case 'POST /_simulator/person':
      return askPerson(controlled, request.body?.toString('utf8') ?? '');
    default:
      return json(404, {
        error: `${request.method} ${request.path} is not here; there is GET /_simulator/state, GET /_simulator/journal, POST /_simulator/clock and POST /_simulator/person.`,
      });
  }
}

const step = z.strictObject({ advanceSeconds: z.number().min(0).max(10_000_000_000) });

function stepClock(controlled: Controlled, text: string): Answer {
  const parsed = step.safeParse(jsonFrom(text));
  if (!parsed.success) return json(400, { error: 'The clock takes a body such as {"advanceSeconds":30}.' });
  controlled.advance(parsed.data.advanceSeconds);
  return json(200, { now: isoDate(controlled.world.now()) });
}

/** The result of the person's act (the number of what it made, or null), or a 400 if nothing changed. */
function askPerson({ person }: Controlled, text: string): Answer {
  try {
    return json(200, { answer: actAsPerson(person, jsonFrom(text)) ?? null });
  } catch (error) {
    const isTheirs = [PersonRequestError, NotPossible, ActionRefused].some((kind) => error instanceof kind);
    if (!isTheirs || !(error instanceof Error)) throw error;
    return json(400, { error: error.message, acts: personActs });
  }
}

function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json;charset=UTF-8', body: JSON.stringify(value, null, 2) };
}
