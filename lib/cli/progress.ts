import { createLogUpdate } from 'log-update';
import sliceAnsi from 'slice-ansi';
import { clockTime, eventInWords, localTime } from '../reports/words.ts';
import type { Event } from '../termination/events.ts';
import { oneLine } from '../termination/one-line.ts';
import type { Plan } from '../termination/planning/plan.ts';

/** The progress of a run on standard error. */
export interface Progress {
  plan(plan: Plan): void;
  events(events: readonly Event[]): void;
  end(): void;
}

/** A live display on a terminal, plain lines elsewhere. */
export function progress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? liveDisplay(stream) : plainLines(stream);
}

function plainLines(stream: NodeJS.WritableStream): Progress {
  const names = new Map<string, string>();
  return {
    plan: (plan) => remember(plan, names),
    events: (events) => {
      for (const event of events)
        stream.write(`${clockTime(event.at)} ${label(event, names)} ${eventInWords(event)}\n`);
    },
    end: () => {},
  };
}

/** One line per server with its last event. When there is no room, the lines of ended servers are dropped first. */
function liveDisplay(stream: NodeJS.WriteStream): Progress {
  const names = new Map<string, string>();
  const last = new Map<string, { text: string; ended: boolean }>();
  const display = createLogUpdate(stream);
  const draw = (): void => {
    const rows = Math.max(3, (stream.rows ?? 24) - 4);
    const open = [...last.values()].filter((one) => !one.ended);
    const ended = last.size - open.length;
    const shown = open.slice(0, rows).map((one) => sliceAnsi(one.text, 0, (stream.columns ?? 80) - 1));
    const more = open.length > rows ? [`… and ${open.length - rows} more`] : [];
    display([...shown, ...more, `${ended} of ${last.size} ended`].join('\n'));
  };
  return {
    plan: (plan) => remember(plan, names),
    events: (events) => {
      for (const event of events) {
        const text = `${localTime(event.at)} ${label(event, names)} ${eventInWords(event)}`;
        const ended = event.kind === 'outcome' || last.get(event.serverInstanceNo)?.ended === true;
        last.set(event.serverInstanceNo, { text, ended });
      }
      draw();
    },
    end: () => display.clear(),
  };
}

function remember(plan: Plan, names: Map<string, string>): void {
  for (const { target } of plan.items) names.set(target.serverInstanceNo, target.serverName);
}

function label(event: Event, names: Map<string, string>): string {
  const name = names.get(event.serverInstanceNo);
  return name ? `${oneLine(name)} (${event.serverInstanceNo})` : event.serverInstanceNo;
}
