/**
 * RFC 6120 §8.2.3 (2011-03): an iq and its answer, from the side that is asked.
 * Keeps who answers which question, and makes each answer.
 * Does not send it (connection.ts) nor know any question by itself.
 * Always: every request gets exactly one answer; nothing that a handler throws gets out but as the error that it is.
 * Before: client/client.ts. After: client/connection.ts.
 */
import { buildError, Refusal, refuse } from '../stanza/error.ts';
import { payloadOf } from '../stanza/stanza.ts';
import { el, type XmlElement } from '../xml/element.ts';
import type { RequestHandler, Stop } from './client.ts';

export class Answers {
  readonly #handlers = new Map<string, RequestHandler[]>();
  readonly #onMistake: (error: unknown) => void;

  /** `onMistake` gets what a handler throws and is no Refusal. */
  constructor(onMistake: (error: unknown) => void) {
    this.#onMistake = onMistake;
  }

  /** All handlers of an element get its requests; the answer is that of the one added last that has one. */
  on(ns: string, name: string, handler: RequestHandler): Stop {
    const key = `${ns} ${name}`;
    this.#handlers.set(key, [handler, ...(this.#handlers.get(key) ?? [])]);
    return () => {
      const left = (this.#handlers.get(key) ?? []).filter((other) => other !== handler);
      this.#handlers.set(key, left);
    };
  }

  /** The answer to an iq of type get or set; `own` is this user's account, for which the server speaks. */
  answer(iq: XmlElement, own: string): XmlElement {
    const { id, from } = iq.attrs;
    const reply = (type: string, child: XmlElement | undefined) =>
      el('iq', 'jabber:client', { type, id, to: from }, [child]);
    try {
      const payload = payloadOf(iq);
      const handlers = this.#handlers.get(`${payload.ns} ${payload.name}`) ?? [];
      if (handlers.length === 0) throw refuse('service-unavailable', '');
      const type = iq.attrs['type'] === 'set' ? 'set' : 'get';
      return reply('result', this.#outcome(handlers, { from: from ?? own, type, payload }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return reply('error', buildError(error));
    }
  }

  /** What the first handler says that says something; the others are told of the request as well. */
  #outcome(
    handlers: readonly RequestHandler[],
    request: Parameters<RequestHandler>[0],
  ): XmlElement | undefined {
    let outcome: XmlElement | Refusal | undefined;
    for (const handler of handlers) {
      try {
        const said = handler(request);
        outcome ??= said;
      } catch (error) {
        if (error instanceof Refusal) outcome ??= error;
        else {
          this.#onMistake(error);
          outcome ??= refuse('internal-server-error', '');
        }
      }
    }
    if (outcome instanceof Refusal) throw outcome;
    return outcome;
  }
}
