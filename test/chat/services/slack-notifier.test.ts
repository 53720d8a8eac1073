import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ChatNotifier, notifierOf } from '../../../lib/chat/core/notifiers.ts';
import { type SlackMessage, slackClient } from '../../../lib/chat/slack/client.ts';
import { slackNotifier } from '../../../lib/chat/slack/notifier.ts';
import { type LocalSlack, startSlack } from '../../../lib/dev/slack.ts';
import type { Notice, Notifier, RunView } from '../../../lib/termination/status/run-view.ts';
import { card, fakeClock, memoryStore } from './cards.ts';

const PLACE = 'req-1 slack:C0OPS';
let slack: LocalSlack;
let store: ReturnType<typeof memoryStore>;
let failures: unknown[];
let notifier: Notifier;

beforeEach(async () => {
  slack = await startSlack();
  store = memoryStore();
  failures = [];
  notifier = newNotifier();
});
afterEach(() => slack.close());

describe('show', () => {
  test('posts once and changes that message afterwards', async () => {
    await notifier.show(card());
    await notifier.show(card({ reason: 'going' }));
    await notifier.show(card({ reason: 'gone' }));
    expect(texts()).toEqual([['done with it', 'going', 'gone']]);
    expect(failures).toEqual([]);
  });

  test('says nothing when nothing that is seen has changed', async () => {
    await notifier.show(card());
    await notifier.show(card({ updatedAt: '2026-11-23T01:00:00.000Z' }));
    expect(slack.calls).toEqual(['chat.postMessage']);
  });

  test('changes the message of an earlier process', async () => {
    await notifier.show(card());
    await newNotifier().show(card({ reason: 'gone' }));
    expect(texts()).toEqual([['done with it', 'gone']]);
  });

  test('twice at once posts one message', async () => {
    await Promise.all([notifier.show(card()), notifier.show(card({ reason: 'going' }))]);
    expect(texts()).toEqual([['done with it', 'going']]);
    expect(slack.calls).toEqual(['chat.postMessage', 'chat.update']);
  });

  test('twice at once in two processes leaves one message', async () => {
    await Promise.all([notifier.show(card()), newNotifier().show(card({ reason: 'going' }))]);
    expect(slack.messages).toHaveLength(1);
    expect(store.kept.get(PLACE)).toBe(slack.messages[0]?.ts);
    await notifier.show(card({ reason: 'gone' }));
    expect(slack.messages.map(({ text }) => text)).toEqual(['gone']);
    expect(failures).toEqual([]);
  });

  test('keeps the messages of two runs apart', async () => {
    await Promise.all([notifier.show(card()), notifier.show(card({ requestId: 'req-2' }))]);
    expect(slack.messages).toHaveLength(2);
  });
});

describe('a failure', () => {
  test.each(['hang', 'cut', { status: 500 }, { status: 429, retryAfterSeconds: 600 }, 'garbage'] as const)(
    'of %j is told, without the token, and the next show makes up for it',
    async (fault) => {
      slack.failNext(1, fault);
      await notifier.show(card());
      expect(failures).toHaveLength(1);
      expect(String(failures[0])).toMatch(/^ChatError: Slack chat.postMessage /);
      expect(JSON.stringify(failures)).not.toContain('xoxb');
      await notifier.show(card());
      expect(texts()).toEqual([['done with it']]);
    },
  );

  test('of a change is made up for, even when nothing changed since', async () => {
    await notifier.show(card());
    slack.failNext(4, { status: 500 });
    await notifier.show(card({ reason: 'gone' }));
    expect(failures).toHaveLength(1);
    await notifier.show(card({ reason: 'gone' }));
    expect(texts()).toEqual([['done with it', 'gone']]);
  });

  test('of the store before a post posts nothing', async () => {
    store.failNext('messageOf');
    await notifier.show(card());
    expect(slack.messages).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  test('of the store after a post leads to no second message', async () => {
    store.failNext('rememberMessage');
    await notifier.show(card());
    expect(failures).toHaveLength(1);
    await notifier.show(card({ reason: 'gone' }));
    expect(texts()).toEqual([['done with it', 'gone']]);
    expect(store.kept.get(PLACE)).toBe(slack.messages[0]?.ts);
  });

  test('to draw is reported, and does not stop the next time', async () => {
    const clumsy = newNotifier(({ reason }) => {
      if (reason === '') throw new Error('nothing to draw');
      return { text: reason };
    });
    await clumsy.show(card({ reason: '' }));
    await clumsy.show(card());
    expect(failures).toMatchObject([{ message: 'nothing to draw' }]);
    expect(texts()).toEqual([['done with it']]);
  });

  test('to report a failure throws nothing', async () => {
    slack.failNext(1, { status: 500 });
    const mute = newNotifier(undefined, () => {
      throw new Error('no log');
    });
    await expect(mute.show(card())).resolves.toBe(false);
  });
});

describe('notify', () => {
  test('replies to the message of the run', async () => {
    await notifier.show(card());
    expect(await notifier.notify(card(), notice())).toBe(true);
    expect(slack.messages[1]).toMatchObject({ text: 'dev-1 soon', threadTs: slack.messages[0]?.ts });
  });

  test('posts on its own when there is no message', async () => {
    await notifier.notify(card(), notice());
    expect(slack.messages).toMatchObject([{ text: 'dev-1 soon', threadTs: '' }]);
  });

  test('sends each notice once, whichever process sends it', async () => {
    await notifier.notify(card(), notice());
    expect(await newNotifier().notify(card(), notice())).toBe(true);
    await newNotifier().notify(card(), notice({ key: 'the next' }));
    expect(slack.messages).toHaveLength(2);
  });

  test('is not sent again by this process if it was sent but not recorded', async () => {
    await notifier.show(card());
    store.failNext('rememberSent');
    expect(await notifier.notify(card(), notice())).toBe(false);
    expect(await notifier.notify(card(), notice())).toBe(true);
    expect(slack.messages).toHaveLength(2);
  });

  test('reports its failure', async () => {
    slack.failNext(1, { status: 500 });
    expect(await notifier.notify(card(), notice())).toBe(false);
    expect(failures).toMatchObject([{ kind: 'unavailable' }]);
  });
});

describe('several notifiers', () => {
  test('all run, whichever of them fails', async () => {
    const said: string[] = [];
    const broken: ChatNotifier = {
      show: () => Promise.reject(new Error('down')),
      notify: () => Promise.reject(new Error('down')),
    };
    const listening: ChatNotifier = {
      show: ({ reason }) => Promise.resolve(void said.push(reason)),
      notify: (_card, { key }) => Promise.resolve(void said.push(key)),
    };
    const all = notifierOf([broken, listening, newChatNotifier()], () => {});
    await all.show(card());
    expect(await all.notify(card(), notice())).toBe(true);
    expect(said).toEqual(['done with it', 'the first']);
    expect(slack.messages).toHaveLength(2);
  });

  test('have reached nobody if all of them failed, or give no notices', async () => {
    const broken: ChatNotifier = { show: () => Promise.resolve(), notify: () => Promise.reject(new Error('down')) };
    const mute: ChatNotifier = { show: () => Promise.resolve() };
    expect(await notifierOf([broken, mute], () => {}).notify(card(), notice())).toBe(false);
  });

  test('do no two things about one run at once, even where the first takes too long', async () => {
    let atOnce = 0;
    let most = 0;
    const slow: ChatNotifier = {
      show: async () => {
        most = Math.max(most, (atOnce += 1));
        await new Promise((resolve) => setTimeout(resolve, 40));
        atOnce -= 1;
      },
    };
    const hasty = notifierOf([slow], () => {}, 5);
    await hasty.show(card());
    await hasty.show(card());
    await hasty.show(card());
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(most).toBe(1);
  });
});

function newNotifier(
  render: (card: RunView) => SlackMessage = ({ reason }) => ({ text: reason }),
  onFailure: (error: unknown) => void = (error) => void failures.push(error),
): Notifier {
  return notifierOf([newChatNotifier(render)], onFailure);
}

function newChatNotifier(render: (card: RunView) => SlackMessage = ({ reason }) => ({ text: reason })): ChatNotifier {
  const client = slackClient({
    clock: fakeClock(),
    timeoutMs: 300,
    botToken: () => Promise.resolve(slack.secret.botToken),
    apiUrl: slack.apiUrl,
  });
  return slackNotifier({ client, channel: 'C0OPS', store, render, renderNotice });
}

function renderNotice(_card: RunView, { names }: Notice): SlackMessage {
  return { text: `${names.join()} soon` };
}

function notice(over: Partial<Notice> = {}): Notice {
  return { key: 'the first', names: ['dev-1'], act: 'terminate', ...over };
}

function texts(): string[][] {
  return slack.messages.map(({ history }) => history.map(({ text }) => text));
}
