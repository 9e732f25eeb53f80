/**
 * The first channel: a newcomer finds somewhere to go.
 * Makes it once in the life of the host's file, as a user of the service whose address is the host's own: creates a
 * channel that hides addresses, joins, says a word of welcome and leaves; and makes the operators its owners.
 * Does not have any right at the service that others lack; a channel that is destroyed does not come back.
 * Always: each step is written down before the next; what cannot be done now is tried again later, and what the service
 * refuses, never.
 * Before: host/forwards.ts. After: xep/0369-core/wire.ts.
 */
import { randomBytes } from 'node:crypto';
import { formatJid, type Jid } from '../jid/jid.ts';
import { NS_CLIENT } from '../stanza/stanza.ts';
import { buildPublish } from '../xep/0060-pubsub/wire.ts';
import { buildCreate, buildInfoSubmit, buildJoin, buildLeave, NODE_NAMES } from '../xep/0369-core/wire.ts';
import { buildConfigSubmit } from '../xep/0406-admin/wire.ts';
import { child, el, elements, type XmlElement } from '../xml/element.ts';
import type { Context } from './context.ts';
import { compose } from './envelope.ts';

const NAME = 'lobby';
const INFO = { name: 'Lobby', description: 'Where everybody arrives. Nobody sees your address here.' };
const NICK = 'Vizard';
const WELCOME =
  'Welcome. In this channel nobody sees your address, only the name under which you have joined. ' +
  'Say something, or make a channel of your own.';

/** How far it has come: it exists, the word has been said, we have left it, and nothing is ours any more. */
type Step = 'made' | 'welcomed' | 'left' | 'given';

export class Lobby {
  readonly #context: Context;
  readonly #self: Jid;
  readonly #channel: Jid;
  #isWanted = false;
  #isBusy = false;

  constructor(context: Context) {
    this.#context = context;
    this.#self = { local: undefined, domain: context.domain, resource: undefined };
    this.#channel = { local: NAME, domain: context.serviceDomain, resource: undefined };
  }

  /** From within the lane: begins, the service being there. */
  open(): void {
    this.#isWanted = true;
    this.run();
  }

  /** From within the lane: does the next step, if there is one. */
  run(): void {
    if (!this.#isWanted || this.#isBusy || !this.#context.link.up) return;
    switch (this.#step) {
      case undefined:
        this.#create();
        return;
      case 'made':
        this.#welcome();
        return;
      case 'welcomed':
        this.#ask(this.#channel, buildLeave(), () => this.#go('left'));
        return;
      case 'left':
        this.#give();
        return;
      case 'given':
        this.#isWanted = false;
    }
  }

  #create(): void {
    const service = { ...this.#channel, local: undefined };
    const form = buildConfigSubmit({ mode: 'jid-hidden' });
    this.#ask(service, buildCreate({ channel: NAME, form }), () => this.#go('made'));
  }

  #welcome(): void {
    const info = buildPublish(NODE_NAMES.info, [{ id: undefined, payload: buildInfoSubmit(INFO) }]);
    this.#ask(this.#channel, info, () =>
      this.#ask(this.#channel, buildJoin({ nick: NICK }), () => {
        const words = [el('body', NS_CLIENT, {}, [WELCOME])];
        const attrs = { type: 'groupchat', id: newId() };
        this.#context.route(compose('message', this.#self, this.#channel, attrs, words));
        this.#go('welcomed');
      }),
    );
  }

  /** To the operators, as soon as there are some. */
  #give(): void {
    const { domain, operators } = this.#context;
    const owners = operators.list().map((local) => formatJid({ local, domain, resource: undefined }));
    if (owners.length === 0) return;
    const payload = buildConfigSubmit({ owners });
    const config = buildPublish(NODE_NAMES.config, [{ id: undefined, payload }]);
    this.#ask(this.#channel, config, () => this.#go('given'));
  }

  /** Asks as the host. Without an answer, housekeeping asks again; where it is refused, there is nothing more to do. */
  #ask(to: Jid, payload: XmlElement, done: () => void): void {
    this.#isBusy = true;
    this.#context.forwards.send(this.#self, to, newId(), payload, (answer, isLate) => {
      if (isLate) return;
      this.#isBusy = false;
      if (answer.attrs['type'] === 'result') done();
      else if (isFinal(answer)) this.#go('given');
    });
  }

  /** Writes the step down and goes on. */
  #go(step: Step): void {
    this.#context.database.run('INSERT OR REPLACE INTO once (name, value) VALUES (?, ?)', NAME, step);
    this.run();
  }

  get #step(): Step | undefined {
    const row = this.#context.database.get('SELECT value FROM once WHERE name = ?', NAME);
    return row?.['value'] as Step | undefined;
  }
}

/** Whoever may not create channels, finds one of this name, or finds it destroyed, leaves it at that. */
const FINAL = ['conflict', 'forbidden', 'gone', 'item-not-found', 'not-allowed'];

function isFinal(answer: XmlElement): boolean {
  const error = child(answer, 'error');
  return error !== undefined && elements(error).some(({ name }) => FINAL.includes(name));
}

function newId(): string {
  return randomBytes(9).toString('base64url');
}
