import type { Sent, SentStore } from '../../termination/ports/store.ts';
import type { Notice, Notifier, RunView } from '../../termination/status/run-view.ts';

/** Shows runs in one chat. Throws what fails. */
export interface ChatNotifier {
  show(card: RunView): Promise<void>;
  /** Absent if the chat gets no notices. */
  notify?: (card: RunView, notice: Notice) => Promise<void>;
}

/**
 * Several notifiers as one. They run at the same time, and a failure holds up no other. A failure, or taking longer
 * than `limitMs`, goes to `onFailure`.
 */
export function notifierOf(
  notifiers: readonly ChatNotifier[],
  onFailure: (error: unknown) => void,
  limitMs = LIMIT_MS,
): Notifier {
  const steady = notifiers.map((notifier) => ({ notifier, inTurn: turns(onFailure, limitMs) }));
  return {
    show: async (card) => {
      const shown = steady.map(({ notifier, inTurn }) => inTurn(card.requestId, () => notifier.show(card)));
      return !(await Promise.all(shown)).includes(false);
    },
    notify: async (card, notice) => {
      const notified = steady.map(({ notifier, inTurn }) => {
        const { notify } = notifier;
        return notify === undefined ? Promise.resolve(false) : inTurn(card.requestId, () => notify(card, notice));
      });
      return (await Promise.all(notified)).includes(true);
    },
  };
}

/**
 * Sends a message unless it was sent. It is recorded afterwards: after a crash in between it is sent twice rather than never,
 * since somebody's approval may depend on it. This process does not resend a message that could not be recorded.
 */
export async function sendOnce(store: SentStore, sent: Sent, send: () => Promise<void>): Promise<void> {
  const before = sentThrough.get(store) ?? new Set();
  sentThrough.set(store, before);
  const key = `${sent.about} ${sent.what}`;
  if (before.has(key) || (await store.wasSent(sent))) return;
  await send();
  before.add(key);
  await store.rememberSent(sent);
}

const sentThrough = new WeakMap<SentStore, Set<string>>();

type InTurn = (requestId: string, act: () => Promise<void>) => Promise<boolean>;

/** Never two things about one run at once. Whoever waits does so for the limit only; the thing itself goes on. */
function turns(onFailure: (error: unknown) => void, limitMs: number): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (requestId, act) => {
    const turn = (last.get(requestId) ?? Promise.resolve()).then(act);
    const turnIsOver = Promise.allSettled([turn]);
    last.set(requestId, turnIsOver);
    const forget = (): void => {
      if (last.get(requestId) === turnIsOver) last.delete(requestId);
    };
    void turnIsOver.finally(forget);
    try {
      await inTime(turn, limitMs);
      return true;
    } catch (error) {
      report(error, onFailure);
      return false;
    }
  };
}

function report(error: unknown, onFailure: (error: unknown) => void): void {
  try {
    onFailure(error);
  } catch {
    // A failure to log must not become a second failure.
  }
}

/** The longest that a run waits for a chat. */
const LIMIT_MS = 30_000;

function inTime(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the chat did not answer within ${limitMs} ms`)), limitMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
