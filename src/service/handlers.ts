/**
 * The table of what the service understands.
 * Owns the look-up from (address, namespace, element) to a handler, made of the list in extensions.ts.
 * Does not run handlers (router.ts does).
 * Always: a known element of the wrong type, a known namespace with an unknown element, and an unknown namespace
 * are told apart as D-62 says.
 * Before: service/extensions.ts. After: service/router.ts.
 */
import { refuse } from '../refusal.ts';
import type { XmlElement } from '../xml/element.ts';
import type {
  Extension,
  Inbound,
  IqHandler,
  OccupantRenderer,
  RelayTable,
  Renderers,
  StanzaHandler,
} from '../xep/extension.ts';

type On = IqHandler['on'];

export class Handlers {
  readonly #iq = new Map<string, IqHandler>();
  readonly #namespaces = new Set<string>();
  readonly #stanzas = new Map<string, StanzaHandler[]>();
  readonly relay: RelayTable;
  readonly renderers: Renderers;
  readonly occupantRenderer: OccupantRenderer | undefined;

  constructor(extensions: readonly Extension[]) {
    for (const handler of extensions.flatMap(({ iq }) => iq ?? [])) {
      put(this.#iq, `${handler.on} ${handler.ns} ${handler.name}`, handler);
      if (handler.isLegacy !== true) this.#namespaces.add(`${handler.on} ${handler.ns}`);
    }
    // What is advertised is known, though nothing may be asked in it.
    for (const { on, feature } of extensions.flatMap(({ features }) => features ?? []))
      this.#namespaces.add(`${on} ${feature}`);
    for (const handler of extensions.flatMap(({ stanzas }) => stanzas ?? [])) this.#add(handler);
    this.relay = Object.assign({}, ...extensions.map(({ relay }) => relay)) as RelayTable;
    this.renderers = Object.assign({}, ...extensions.map(({ renderers }) => renderers)) as Renderers;
    this.occupantRenderer = extensions.flatMap(({ occupantRenderer }) => occupantRenderer ?? [])[0];
  }

  /** @throws bad-request, feature-not-implemented or service-unavailable where nobody handles it (GEN-06..08). */
  iq(on: On, type: string, { ns, name }: XmlElement): IqHandler {
    const handler = this.#iq.get(`${on} ${ns} ${name}`);
    if (handler?.types.some((known) => known === type) === true) return handler;
    if (handler !== undefined) throw refuse('bad-request', `A ${name} is not sent by an iq of this type.`);
    if (this.#namespaces.has(`${on} ${ns}`))
      throw refuse('feature-not-implemented', 'This is not known here, though its namespace is.');
    throw refuse('service-unavailable', 'This is not offered here.');
  }

  /** The handler of such stanzas: one that is for this one in particular, or else the one for all of the kind. */
  stanza(kind: 'message' | 'presence', stanza: Inbound): StanzaHandler | undefined {
    const handlers = this.#stanzas.get(`${stanza.to.kind} ${kind}`);
    return handlers?.find(({ isFor }) => isFor?.(stanza) ?? true);
  }

  #add(handler: StanzaHandler): void {
    const key = `${handler.on} ${handler.kind}`;
    const known = this.#stanzas.get(key) ?? [];
    const isSecond = handler.isFor === undefined && known.some(({ isFor }) => isFor === undefined);
    if (isSecond) throw new Error(`two handlers for ${key}`);
    this.#stanzas.set(key, handler.isFor === undefined ? [...known, handler] : [handler, ...known]);
  }
}

function put<Value>(table: Map<string, Value>, key: string, value: Value): void {
  if (table.has(key)) throw new Error(`two handlers for ${key}`);
  table.set(key, value);
}
