import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { buildCommand, buildOutcome, NS, parseCommand, parseOutcome } from './wire.ts';

const refused: unknown = expect.objectContaining({ condition: 'bad-request' });

test('a command and its outcome are read as they were written', () => {
  const command = { node: 'list', action: 'cancel' } as const;
  expect(parseCommand(buildCommand(command))).toEqual(command);
  const form = { type: 'result', formType: 'x', fields: [{ var: 'a', values: ['1'] }] } as const;
  const outcome = { node: 'list', sessionId: 's', status: 'completed', form } as const;
  expect(parseOutcome(buildOutcome(outcome))).toMatchObject({
    ...outcome,
    form: { type: 'result', formType: 'x' },
  });
  const canceled = { node: 'list', sessionId: 's', status: 'canceled', form: undefined } as const;
  expect(parseOutcome(buildOutcome(canceled))).toEqual(canceled);
});

test('without an action, a command is to be carried out', () => {
  expect(parseCommand(el('command', NS, { node: 'list' })).action).toBe('execute');
});

test('what is no command is refused', () => {
  expect(() => parseCommand(el('command', NS))).toThrow(refused);
  expect(() => parseCommand(el('command', NS, { node: 'list', action: 'dance' }))).toThrow(refused);
  expect(() => parseOutcome(el('command', NS, { node: 'list', status: 'executing' }))).toThrow(refused);
});
