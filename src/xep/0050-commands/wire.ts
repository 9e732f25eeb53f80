/**
 * XEP-0050 Ad-Hoc Commands 1.3.0 (2020-06-23): a command, as far as one of a single step needs it.
 * Reads and writes the request and the answer.
 * Does not know a command by name, nor commands that go on for several steps.
 * Always: an action is one of the document's; a form in the answer is of type `result`.
 * Before: xep/0004-forms/wire.ts. After: xep/0401-invites/wire.ts.
 */
import { checkName, optionalAttr, requiredAttr } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { child, el, type XmlElement } from '../../xml/element.ts';
import { buildForm, NS as NS_FORMS, parseForm, type Form } from '../0004-forms/wire.ts';

export const NS = 'http://jabber.org/protocol/commands';

const ACTIONS = ['execute', 'cancel', 'complete', 'next', 'prev'] as const;

export interface Command {
  readonly node: string;
  readonly action: (typeof ACTIONS)[number];
}

export interface Outcome {
  readonly node: string;
  readonly sessionId: string;
  readonly status: 'completed' | 'canceled';
  readonly form?: Form | undefined;
}

/** Asks for a command to be carried out (§2.4). */
export function buildCommand({ node, action }: Command): XmlElement {
  return el('command', NS, { node, action });
}

/** Reads that; bad-request where there is no node, or an action that the document does not have. */
export function parseCommand(command: XmlElement): Command {
  checkName(command, 'command', NS);
  const named = optionalAttr(command, 'action') ?? 'execute';
  const action = ACTIONS.find((known) => known === named);
  if (action === undefined) throw refuse('bad-request', 'there is no such action');
  return { node: requiredAttr(command, 'node'), action };
}

/** The answer (§2.4). */
export function buildOutcome({ node, sessionId, status, form }: Outcome): XmlElement {
  return el('command', NS, { node, sessionid: sessionId, status }, [form && buildForm(form)]);
}

/** Reads that; bad-request where the command is not at its end. */
export function parseOutcome(command: XmlElement): Outcome {
  checkName(command, 'command', NS);
  const status = optionalAttr(command, 'status');
  if (status !== 'completed' && status !== 'canceled')
    throw refuse('bad-request', 'the command is not at its end');
  const form = child(command, 'x', NS_FORMS);
  return {
    node: requiredAttr(command, 'node'),
    sessionId: optionalAttr(command, 'sessionid') ?? '',
    status,
    form: form && parseForm(form),
  };
}
