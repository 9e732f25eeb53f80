/**
 * XEP-0115 Entity Capabilities 1.6.0 (2022-03), XEP-0030 Service Discovery 2.5.0: what this client can do.
 * Owns the set of its features, tells it to those who ask, and makes the hash that stands for it in presence.
 * Does not send presence (connection.ts).
 * Always: MIX is among the features (XEP-0405 §2.1), since servers give channels' messages to such clients only; what is
 * told for a hash is what the hash was made of.
 * Before: xep/0115-caps/wire.ts. After: client/connection.ts.
 */
import { refuse } from '../stanza/error.ts';
import { buildInfo, NS_INFO, parseInfoQuery, type Identity } from '../xep/0030-disco/wire.ts';
import { buildCaps, capsText, NS as NS_CAPS } from '../xep/0115-caps/wire.ts';
import { NS as NS_PING } from '../xep/0199-ping/wire.ts';
import { NS as NS_MIX } from '../xep/0369-core/wire.ts';
import { el, type XmlElement } from '../xml/element.ts';
import { toBase64, toUtf8 } from './bytes.ts';

/** Names the software (§4); nothing is fetched from there. */
const NODE = 'urn:vizard:client';

export class Capabilities {
  /** Changes are told to `onChange`. */
  readonly features: Set<string>;
  readonly #identity: Identity;
  #element: XmlElement | undefined;
  #hashed: readonly string[] = [];

  constructor(identity: Identity, onChange: () => void) {
    this.#identity = identity;
    this.features = new Watched([NS_INFO, NS_CAPS, NS_PING, NS_MIX], onChange);
  }

  /** `<c/>` as it was made last. */
  get element(): XmlElement | undefined {
    return this.#element;
  }

  /** Makes `<c/>` for the features as they are now. Resolves with whether it differs from the former one. */
  async refresh(): Promise<boolean> {
    const features = [...this.features].sort();
    const text = capsText({ identities: [this.#identity], features });
    const hash = toBase64(new Uint8Array(await crypto.subtle.digest('SHA-1', toUtf8(text))));
    const isNew = this.#element?.attrs['ver'] !== hash;
    this.#element = buildCaps(NODE, hash);
    this.#hashed = features;
    return isNew;
  }

  /** Answers disco#info. */
  info(query: XmlElement): XmlElement {
    const { node } = parseInfoQuery(query);
    const ver = this.#element?.attrs['ver'];
    if (node !== undefined && (ver === undefined || node !== `${NODE}#${ver}`))
      throw refuse('item-not-found', '');
    const features = node === undefined ? [...this.features].sort() : this.#hashed;
    return buildInfo({ node, identities: [this.#identity], features });
  }

  /** The presence with `<c/>`, where it is one that goes to everybody. */
  addTo(presence: XmlElement): XmlElement {
    const { attrs, children } = presence;
    if (!isBroadcast(presence) || this.#element === undefined) return presence;
    return el(presence.name, presence.ns, attrs, [
      ...children.filter((node) => !(typeof node === 'object' && 'ns' in node && node.ns === NS_CAPS)),
      this.#element,
    ]);
  }
}

/** Is this presence for everybody who may see the user? */
export function isBroadcast({ name, attrs }: XmlElement): boolean {
  return name === 'presence' && attrs['to'] === undefined && attrs['type'] === undefined;
}

class Watched extends Set<string> {
  #onChange: (() => void) | undefined;

  constructor(values: readonly string[], onChange: () => void) {
    super();
    for (const value of values) super.add(value);
    this.#onChange = onChange;
  }

  override add(value: string): this {
    if (!this.has(value)) this.#onChange?.();
    return super.add(value);
  }

  override delete(value: string): boolean {
    const had = super.delete(value);
    if (had) this.#onChange?.();
    return had;
  }
}
