import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buttonValue, CARD_ACTIONS } from '../../../lib/chat/core/card-button.ts';
import { parseSlackClick, parseSlackCommand } from '../../../lib/chat/slack/interaction.ts';

const RESPONSE_URL = 'https://hooks.slack.com/commands/T1/2/secret-part';

const COMMAND = {
  token: 'never-read',
  team_id: 'T1',
  channel_id: 'C1',
  user_id: 'U1',
  user_name: 'hana',
  command: '/terminate',
  text: 'plan dev-1 &amp; dev-2',
  response_url: RESPONSE_URL,
  trigger_id: '1.2.abc',
  api_app_id: 'A1',
};

const body = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

describe('a slash command', () => {
  it('is read without its token', () => {
    expect(parseSlackCommand(body(COMMAND))).toEqual({
      ok: true,
      value: {
        teamId: 'T1',
        channelId: 'C1',
        userId: 'U1',
        userName: 'hana',
        command: '/terminate',
        text: 'plan dev-1 &amp; dev-2',
        responseUrl: RESPONSE_URL,
        triggerId: '1.2.abc',
        apiAppId: 'A1',
      },
    });
  });

  it('may be without text, and bring fields that are not known', () => {
    const { text: _, ...rest } = COMMAND;
    expect(parseSlackCommand(body({ ...rest, is_enterprise_install: 'false' }))).toMatchObject({ value: { text: '' } });
  });

  it.each(['team_id', 'channel_id', 'user_id', 'command', 'response_url', 'trigger_id'] as const)(
    'without %s is a problem that names it',
    (field) => {
      const { [field]: _, ...rest } = COMMAND;
      expect(parseSlackCommand(body(rest))).toMatchObject({ ok: false, problem: expect.stringContaining(field) });
    },
  );

  it('with a field twice is refused', () => {
    expect(parseSlackCommand(`${body(COMMAND)}&user_id=U2`)).toMatchObject({ ok: false });
  });

  it.each([
    'http://hooks.slack.com/commands/1',
    'https://hooks.slack.com.evil.example/1',
    'https://hooks.slack.com:8443/1',
    'https://user@hooks.slack.com/1',
    'https://evil.example/hooks.slack.com',
    'https://hooks.slack.com@evil.example/1',
    'javascript:alert(1)',
    'http://127.0.0.1:8080/1',
    'http://169.254.169.254/latest',
  ])('whose answer would go to %s is refused', (response_url) => {
    expect(parseSlackCommand(body({ ...COMMAND, response_url }))).toMatchObject({ ok: false });
  });

  it('may be answered on loopback only where that is said', () => {
    const local = body({ ...COMMAND, response_url: 'http://127.0.0.1:8080/1' });
    expect(parseSlackCommand(local, { allowLoopback: true })).toMatchObject({ ok: true });
    const other = body({ ...COMMAND, response_url: 'http://10.0.0.1:8080/1' });
    expect(parseSlackCommand(other, { allowLoopback: true })).toMatchObject({ ok: false });
  });
});

const DECISION = { action: 'approve', requestId: 'chat-7f3a', planHash: '0123456789abcdef' } as const;

const CLICK = {
  type: 'block_actions',
  team: { id: 'T1', domain: 'x' },
  user: { id: 'U1', username: 'hana', name: 'hana', team_id: 'T1' },
  channel: { id: 'C1', name: 'ops' },
  container: { type: 'message' },
  message: { type: 'message', ts: '1763953200.000100' },
  actions: [
    {
      type: 'button',
      action_id: 'banap.approve',
      block_id: 'banap',
      action_ts: '1763953201.5',
      value: buttonValue(DECISION),
    },
  ],
  response_url: 'https://hooks.slack.com/actions/T1/2/secret-part',
  trigger_id: '1.2.abc',
};

const click = (payload: unknown): string => body({ payload: JSON.stringify(payload) });

describe('a click', () => {
  it('is read', () => {
    expect(parseSlackClick(click(CLICK))).toEqual({
      ok: true,
      value: {
        teamId: 'T1',
        channelId: 'C1',
        userId: 'U1',
        userName: 'hana',
        messageTs: '1763953200.000100',
        actionTs: '1763953201.5',
        decision: DECISION,
        responseUrl: 'https://hooks.slack.com/actions/T1/2/secret-part',
        triggerId: '1.2.abc',
      },
    });
  });

  it.each([
    ['null, with the team of the person', { team: null }, 'T1'],
    ['null, and no other', { team: null, user: { id: 'U1', username: 'hana' } }, ''],
    ['left out', { team: undefined }, 'T1'],
  ])('in an installation for a whole organization is read: team is %s', (_what, changes, teamId) => {
    const parsed = parseSlackClick(click({ ...CLICK, ...changes, is_enterprise_install: true }));
    expect(parsed).toMatchObject({ ok: true, value: { teamId, userId: 'U1', decision: DECISION } });
  });

  it.each(CARD_ACTIONS)('on %s comes back as it was offered', (action) => {
    const value = buttonValue({ ...DECISION, action });
    const actions = [{ ...CLICK.actions[0], action_id: `banap.${action}`, value }];
    expect(parseSlackClick(click({ ...CLICK, actions }))).toMatchObject({ value: { decision: { action } } });
  });

  it.each([
    ['no payload', body({ other: '1' })],
    ['no JSON', body({ payload: '{' })],
    ['a list', click([])],
    ['null', click(null)],
    ['another type', click({ ...CLICK, type: 'view_submission' })],
    ['no user', click({ ...CLICK, user: undefined })],
    ['a user who is a number', click({ ...CLICK, user: { id: 1 } })],
    ['no message', click({ ...CLICK, message: undefined })],
    ['no action', click({ ...CLICK, actions: [] })],
    ['two actions', click({ ...CLICK, actions: [CLICK.actions[0], CLICK.actions[0]] })],
    ['a button of another app', click({ ...CLICK, actions: [{ ...CLICK.actions[0], value: 'x' }] })],
    [
      'a value with more in it',
      click({ ...CLICK, actions: [{ ...CLICK.actions[0], value: '{"a":"approve","r":"x","p":"","z":1}' }] }),
    ],
    [
      'a button that says one thing and means another',
      click({ ...CLICK, actions: [{ ...CLICK.actions[0], action_id: 'banap.reject' }] }),
    ],
    ['an answer that goes elsewhere', click({ ...CLICK, response_url: 'https://evil.example/' })],
    ['two payloads', `${click(CLICK)}&${click(CLICK)}`],
  ])('with %s is a problem', (_, text) => {
    expect(parseSlackClick(text)).toMatchObject({ ok: false, problem: expect.stringMatching(/\S/) });
  });
});

it('never throws, and never quotes what was sent', () => {
  const secret = 'secret-part';
  const anything = fc.oneof(fc.jsonValue(), fc.constant(secret), fc.constant({ id: secret }), fc.constant([secret]));
  const fields = fc.record(Object.fromEntries(Object.keys(CLICK).map((key) => [key, anything])), { requiredKeys: [] });
  fc.assert(
    fc.property(fields, fc.boolean(), (changed, isWhole) => {
      const payload = isWhole ? { ...CLICK, ...changed } : changed;
      const parsed = parseSlackClick(click(payload));
      expect(parsed.ok ? '' : parsed.problem).not.toContain(secret);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parseSlackCommand(text)).toHaveProperty('ok');
      expect(parseSlackClick(text)).toHaveProperty('ok');
    }),
  );
});

describe('a choice in the menu', () => {
  const chosen = (value: string, action_id = 'banap.keep-one') => ({
    ...CLICK,
    actions: [{ type: 'static_select', action_id, action_ts: '1763953201.5', selected_option: { value } }],
  });
  const ONE = { action: 'snooze-7d', requestId: 'chat-7f3a', planHash: '0123456789abcdef', server: '1001' } as const;

  it('is read, with the server that it means', () => {
    expect(parseSlackClick(click(chosen(buttonValue(ONE))))).toMatchObject({ ok: true, value: { decision: ONE } });
  });

  it.each([
    ['of an action that is no hold', chosen(buttonValue({ ...DECISION, server: '1001' }))],
    ['of no server', chosen(buttonValue({ ...ONE, server: undefined as never }))],
    ['of another menu', chosen(buttonValue(ONE), 'banap.other')],
    [
      'that came from a button',
      { ...CLICK, actions: [{ ...CLICK.actions[0], value: buttonValue({ ...DECISION, server: '1' }) }] },
    ],
  ])('%s is refused', (_, payload) => {
    expect(parseSlackClick(click(payload))).toMatchObject({ ok: false });
  });
});
