import type { Board, RunCard } from '../termination/run-card.ts';

/** Which message shows a run, kept where every process sees it. */
export interface MessageStore {
  /** The message that shows this run in this place, if there is one. */
  messageOf(requestId: string, place: string): Promise<string | undefined>;
  /** Keep it unless another one is kept already (a conditional write). Returns the one that is kept now. */
  remember(requestId: string, place: string, message: string): Promise<string>;
}

/** Several chats as one. They are told at the same time, and one that fails holds up no other. */
export function allOf(boards: readonly Board[]): Board {
  return {
    show: async (card) => void (await Promise.allSettled(boards.map((board) => board.show(card)))),
    notify: async (card, text) => void (await Promise.allSettled(boards.map((board) => board.notify(card, text)))),
  };
}

/**
 * A board that never throws and never does two things about one run at once, made of one that does neither. What fails
 * goes to `onFailure`.
 */
export function steadyBoard(board: Board, onFailure: (error: unknown) => void, limitMs = LIMIT_MS): Board {
  const last = new Map<string, Promise<void>>();
  const inTurn = async ({ requestId }: RunCard, act: () => Promise<void>): Promise<void> => {
    const turn = (last.get(requestId) ?? Promise.resolve())
      .then(() => inTime(act(), limitMs))
      .catch((error: unknown) => tell(error, onFailure));
    last.set(requestId, turn);
    await turn;
    if (last.get(requestId) === turn) last.delete(requestId);
  };
  return {
    show: (card) => inTurn(card, () => board.show(card)),
    notify: (card, text) => inTurn(card, () => board.notify(card, text)),
  };
}

function tell(error: unknown, onFailure: (error: unknown) => void): void {
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
