import type { Notice, Notifier, RunView } from '../../termination/status/run-view.ts';

/** Which message shows a run, and what was said of it, kept where every process sees it. */
export interface MessageStore {
  /** What is kept of this run under this place, if anything. */
  messageOf(requestId: string, place: string): Promise<string | undefined>;
  /** Keep it unless another one is kept already (a conditional write). Returns the one that is kept now. */
  remember(requestId: string, place: string, message: string): Promise<string>;
}

/** What shows runs in one chat. What it cannot do it throws. */
export interface ChatNotifier {
  show(card: RunView): Promise<void>;
  /** Left out where notices are not given. */
  notify?: (card: RunView, notice: Notice) => Promise<void>;
}

/**
 * Several as one. They are told at the same time, and one that fails holds up no other: what fails goes to
 * `onFailure`, and so does what takes longer than `limitMs`.
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
 * Say it unless it was said. It is kept afterwards: a crash in between says it twice rather than never, since somebody's
 * agreement may hang on it. What was said and could not be kept is not said again by this process.
 */
export async function sayOnce(
  store: MessageStore,
  { requestId, place }: { requestId: string; place: string },
  send: () => Promise<void>,
): Promise<void> {
  const said = sentThrough.get(store) ?? new Set();
  sentThrough.set(store, said);
  const key = `${requestId} ${place}`;
  if (said.has(key) || (await store.messageOf(requestId, place)) !== undefined) return;
  await send();
  said.add(key);
  await store.remember(requestId, place, 'said');
}

const sentThrough = new WeakMap<MessageStore, Set<string>>();

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
    // Who cannot write down a failure must not make a second one of it.
  }
}

/** So long a run waits for a chat at the most. */
const LIMIT_MS = 30_000;

function inTime(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the chat did not answer within ${limitMs} ms`)), limitMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
