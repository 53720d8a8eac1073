/** Who changed the world: a signed API call, the passing of time, or a person in the console. */
export type ChangedBy = 'call' | 'time' | 'person';

export interface JournalCall {
  /** Simulated time of arrival, ISO with offset. */
  at: string;
  kind: 'call';
  environment: 'classic' | 'vpc' | 'resource-manager' | '';
  action: string;
  parameters: Record<string, string>;
  /** Parameters the action does not know; NCP ignores them, and so do we, but a typo should be seen. */
  ignored?: string[];
  /** HTTP status sent, 0 when the socket was cut. */
  status: number;
  /** `0`, an action error's returnCode, or `HTTP/errorCode` of the gateway such as `401/200`. */
  returnCode: string;
  requestId: string;
  /** The part of the faults spec that spoiled this call. */
  fault?: string;
}

export interface JournalChange {
  at: string;
  kind: 'change';
  resource: 'server' | 'publicIp' | 'blockStorage' | 'tag';
  no: string;
  /** NCP's field name, or `existence` (from/to `absent` | `present`). */
  field: string;
  from: string;
  to: string;
  by: ChangedBy;
}

export type JournalEntry = JournalCall | JournalChange;

/** Everything that happened, in order. A call is entered on arrival, so the changes it makes follow it. */
export class Journal {
  readonly entries: JournalEntry[] = [];

  add<Entry extends JournalEntry>(entry: Entry): Entry {
    this.entries.push(entry);
    return entry;
  }
}
