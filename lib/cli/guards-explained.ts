import type { Guard } from '../termination/model.ts';

interface Explained {
  /** What it says, after the guard's name. */
  means: string;
  /** What a person can do who wants the server gone all the same. */
  todo: string;
}

/** For `banap explain`; a guard without a row does not compile. */
export const GUARDS_EXPLAINED: Record<Guard, Explained> = {
  identity: {
    means: 'what has this number now is not the server of the plan: its name or its creation date differs.',
    todo: 'Make a new plan and read it.',
  },
  protected: {
    means: 'termination protection is on, or somebody set it after the plan.',
    todo: 'Turn it off in the console, or ask for --override-protection (protection: override in a policy), which lifts only what the plan showed.',
  },
  held: {
    means: 'somebody holds the server, for a while or until it is released.',
    todo: '"banap holds" says who and why; "banap release NO" ends it. Talk to them first.',
  },
  kept: {
    means: 'its own keep tag wants it to stay, or its tags could not be read.',
    todo: 'Remove the tag, or write a date that is over. Unread tags keep: see the reason beside it.',
  },
  policy: {
    means: 'its policy does not mean it, spares it (unless), was removed, or has been paused or changed since.',
    todo: '"banap plan --policy NAME" shows what it selects; "banap pauses" what is paused.',
  },
  'not-due': {
    means: 'its tags do not say that its time is over.',
    todo: '"banap due" shows when it ends. Write terminate-at or ttl on it, or use a policy without expiry: tags.',
  },
  rejected: { means: 'an approver said no to this plan.', todo: 'Ask again with a new plan, once they agree.' },
  unapproved: {
    means: 'not enough people agreed in time.',
    todo: 'Ask again; "approval" in the policy says who and how long.',
  },
  unannounced: {
    means: 'the people to be told could not be told in time.',
    todo: 'Check the chat of the policy ("banap doctor"), and ask again.',
  },
  cancelled: { means: 'somebody cancelled the run.', todo: 'Ask again, once they agree.' },
  'other-run': {
    means: 'another run has claimed the server.',
    todo: 'Wait until it ends, or its claim does; the reason says until when.',
  },
  duplicate: {
    means: 'the same request was carried out, or is being carried out, by another execution.',
    todo: 'Nothing: look at the report of the other one.',
  },
  storage: {
    means: 'additional block storage is attached, and the request does not say what becomes of it.',
    todo: 'Ask for --storage detach (it stays, and is billed) or --storage delete (its data is lost).',
  },
  drift: {
    means: 'something that was attached changed after the plan: more, less, or moved to another server.',
    todo: 'Make a new plan and read it.',
  },
  restarted: {
    means: 'somebody started the server again after the plan, or after banap stopped it: it is in use.',
    todo: 'Ask whoever started it, then make a new plan.',
  },
  'failed-state': {
    means: 'NCP reports a failure of the server.',
    todo: "Open a ticket with NCP's support; banap does not touch it.",
  },
  'unknown-state': {
    means: 'NCP reports a state that banap does not know.',
    todo: 'Look in the console, and tell the authors of banap what it says there.',
  },
  elsewhere: {
    means: 'the number is in another region or platform of the account, or in a place that could not be read.',
    todo: 'Name the place: --environment and --region.',
  },
  'not-found': {
    means: 'no such server is there, nor was one ever seen in this account.',
    todo: 'Check the number; it may belong to another account.',
  },
  limit: {
    means: 'the whole plan is above a limit of number or percent, within itself or over 24 hours.',
    todo: 'Name fewer servers, or raise --max-servers and --max-percent if that many are really meant.',
  },
};
