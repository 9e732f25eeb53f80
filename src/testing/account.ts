/**
 * RFC 6120 §8, RFC 6121 §8 (2011-03), XEP-0405 MIX-PAM 0.5.3: an account on somebody's own server, simulated.
 * Owns one person's clients and joined channels, and does for them what a server with MIX-PAM does.
 * Does not route between domains (network.ts).
 * Always: what comes for the bare address reaches every available client; what comes for a client reaches that one.
 * Before: testing/stage.ts. After: testing/network.ts.
 */
import { NS_INFO } from '../xep/0030-disco/wire.ts';
import { parseForm } from '../xep/0004-forms/wire.ts';
import { parseEvent } from '../xep/0060-pubsub/wire.ts';
import { NODE_NAMES, parseJoined } from '../xep/0369-core/wire.ts';
import { parseUserPreference, readPreferences } from '../xep/0404-anon/wire.ts';
import { child, el, elements, type XmlElement } from '../xml/element.ts';

const NS_CLIENT = 'jabber:client';
const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/** A client of an account. */
export interface Device {
  readonly resource: string;
  readonly full: string;
  isOnline: boolean;
  /** What it last said of itself without an address. */
  presence: XmlElement;
  readonly received: XmlElement[];
}

interface Membership {
  readonly id: string | undefined;
  shares: boolean;
}

export class Account {
  readonly bare: string;
  readonly devices = new Map<string, Device>();
  readonly #send: (stanza: XmlElement) => void;
  readonly #channels = new Map<string, Membership>();
  readonly #asked = new Map<string, (answer: XmlElement) => void>();
  /** Where a client sent a presence itself: there its server says for it that it goes (RFC 6121 §4.6.3). */
  readonly #directed = new Map<Device, Set<string>>();
  #count = 0;
  /** What its server answers to questions for the vCard. */
  card: XmlElement | undefined;
  isBouncing = false;

  /** `send` takes what goes to the service. */
  constructor(bare: string, send: (stanza: XmlElement) => void) {
    this.bare = bare;
    this.#send = send;
  }

  connect(resource: string): Device {
    const device: Device = {
      resource,
      full: `${this.bare}/${resource}`,
      isOnline: true,
      presence: el('presence', NS_CLIENT),
      received: [],
    };
    this.devices.set(resource, device);
    return device;
  }

  /** A client sends; its server puts the address on it, and takes presence without `to` to the channels. */
  sendAs(device: Device, stanza: XmlElement): void {
    const stamped = { ...stanza, attrs: { ...stanza.attrs, from: device.full } };
    if (stanza.name !== 'presence' || stanza.attrs['to'] !== undefined) {
      if (stanza.name === 'presence') this.#noteDirected(device, stanza);
      this.#send(stamped);
      return;
    }
    device.presence = stanza;
    device.isOnline = stanza.attrs['type'] !== 'unavailable';
    if (!device.isOnline) {
      for (const to of this.#directed.get(device) ?? [])
        this.#send({ ...stamped, attrs: { ...stamped.attrs, to } });
      this.#directed.delete(device);
    }
    for (const [channel, { shares }] of this.#channels) if (shares) this.#show(device, channel);
  }

  setOnline(device: Device, isOnline: boolean): void {
    this.sendAs(device, el('presence', NS_CLIENT, { type: isOnline ? undefined : 'unavailable' }));
  }

  /** A client is gone, and its server with it: nobody is told. */
  vanish(device: Device): void {
    device.isOnline = false;
  }

  /** XEP-0405 §2.7: from the bare address; `answered` gets the channel's answer. */
  join(channel: string, join: XmlElement, answered: (answer: XmlElement) => void): void {
    this.#ask(channel, join, (answer) => {
      if (answer.attrs['type'] === 'result') this.#noteJoined(channel, answer);
      answered(answer);
    });
  }

  leave(channel: string, leave: XmlElement, answered: (answer: XmlElement) => void): void {
    this.#ask(channel, leave, (answer) => {
      if (answer.attrs['type'] === 'result') this.#channels.delete(channel);
      answered(answer);
    });
  }

  /** A stanza from the service, for the account or for one of its clients. */
  receive(stanza: XmlElement): void {
    const to = stanza.attrs['to'] ?? '';
    const slash = to.indexOf('/');
    if (this.isBouncing && stanza.name !== 'iq' && stanza.attrs['type'] !== 'error') this.#bounce(stanza);
    else if (stanza.name === 'iq') this.#receiveIq(stanza, slash < 0 ? undefined : to.slice(slash + 1));
    else if (slash < 0) this.#receiveBare(stanza);
    else {
      const device = this.devices.get(to.slice(slash + 1));
      // RFC 6121 §8.5.3.2.1: a chat for a client that has gone is for the account, and what a room says is nobody's.
      if (device?.isOnline === true) this.#deliver(device, stanza);
      else if (stanza.attrs['type'] === 'groupchat') this.#bounce(stanza);
      else if (stanza.name === 'message' && stanza.attrs['type'] !== 'error') this.#receiveBare(stanza);
    }
  }

  #receiveBare(stanza: XmlElement): void {
    const channel = channelOf(stanza);
    const membership = this.#channels.get(channel);
    if (stanza.name === 'presence' && stanza.attrs['type'] === 'probe') {
      if (membership?.shares === true)
        for (const device of this.devices.values()) if (device.isOnline) this.#show(device, channel);
      return;
    }
    if (membership !== undefined && saysGone(stanza, membership.id)) this.#channels.delete(channel);
    for (const device of this.devices.values()) if (device.isOnline) this.#deliver(device, stanza);
  }

  #receiveIq(stanza: XmlElement, resource: string | undefined): void {
    const { type, id = '', from = '', to = '' } = stanza.attrs;
    const isRequest = type === 'get' || type === 'set';
    const device = resource === undefined ? undefined : this.devices.get(resource);
    if (device?.isOnline === true && isRequest && isRoomsPing(stanza)) {
      // Every client answers these by itself.
      this.#send(el('iq', NS_CLIENT, { type: 'result', id, from: to, to: from }));
    } else if (device?.isOnline === true) {
      if (type === 'result') this.#notePreference(stanza);
      this.#deliver(device, stanza);
    } else if (!isRequest) {
      const answered = this.#asked.get(id);
      this.#asked.delete(id);
      answered?.(stanza);
    } else {
      const asksCard = resource === undefined && elements(stanza).some(({ name }) => /^vcard$/i.test(name));
      const answer = { id, from: to, to: from };
      const isKnown = asksCard && this.card !== undefined;
      this.#send(
        isKnown
          ? el('iq', NS_CLIENT, { ...answer, type: 'result' }, [this.card])
          : el('iq', NS_CLIENT, { ...answer, type: 'error' }, [serviceUnavailable(to)]),
      );
    }
  }

  #deliver(device: Device, stanza: XmlElement): void {
    device.received.push(stanza);
  }

  #ask(to: string, payload: XmlElement, answered: (answer: XmlElement) => void): void {
    const id = `pam-${++this.#count}`;
    this.#asked.set(id, answered);
    this.#send(el('iq', NS_CLIENT, { type: 'set', id, from: this.bare, to }, [payload]));
  }

  #noteJoined(channel: string, answer: XmlElement): void {
    const join = elements(answer).find(({ name }) => name === 'join');
    const joined = join && parseJoined(join);
    const { presence = 'share' } = joined?.form === undefined ? {} : readPreferences(parseForm(joined.form));
    this.#channels.set(channel, { id: joined?.id, shares: presence === 'share' });
    if (presence === 'share')
      for (const device of this.devices.values()) if (device.isOnline) this.#show(device, channel);
  }

  /** D-77: what a client sets at the channel, its server learns from the answer that passes by. */
  #notePreference(stanza: XmlElement): void {
    const membership = this.#channels.get(channelOf(stanza));
    const answer = elements(stanza).find(({ name }) => name === 'user-preference');
    if (membership === undefined || answer === undefined) return;
    const form = parseUserPreference(answer);
    const presence = form?.type === 'result' ? readPreferences(form).presence : undefined;
    if (presence !== undefined) membership.shares = presence === 'share';
  }

  #show(device: Device, channel: string): void {
    const { presence } = device;
    const type = device.isOnline ? undefined : 'unavailable';
    const attrs = { from: device.full, to: channel, ...(type === undefined ? {} : { type }) };
    this.#send({ ...presence, attrs: { ...presence.attrs, ...attrs } });
  }

  #noteDirected(device: Device, { attrs: { to = '', type } }: XmlElement): void {
    const directed = this.#directed.get(device) ?? new Set();
    this.#directed.set(device, directed);
    if (type === undefined) directed.add(to);
    else if (type === 'unavailable') directed.delete(to);
  }

  /** As badly as a server can: with the recipient's address in every place (LEAK-08). */
  #bounce(stanza: XmlElement): void {
    const { id, from: to, to: from } = stanza.attrs;
    const [device] = this.devices.values();
    this.#send(
      el(stanza.name, NS_CLIENT, { type: 'error', id, from, to }, [
        ...elements(stanza),
        serviceUnavailable(device?.full ?? this.bare),
      ]),
    );
  }
}

/** A channel asks whether an occupant is still there. */
function isRoomsPing(stanza: XmlElement): boolean {
  const isOfChannel = !/[#/]/.test(stanza.attrs['from'] ?? '');
  return isOfChannel && child(stanza, 'ping', 'urn:xmpp:ping') !== undefined;
}

function serviceUnavailable(who: string): XmlElement {
  return el('error', NS_CLIENT, { type: 'cancel', by: who }, [
    el('service-unavailable', NS_STANZAS),
    el('text', NS_STANZAS, {}, [`${who} is not there`]),
  ]);
}

/** The bare address of the channel that a stanza comes from, by itself or for a participant. */
function channelOf({ attrs: { from = '' } }: XmlElement): string {
  const [bare = ''] = from.split('/', 1);
  return bare.slice(bare.indexOf('#') + 1);
}

/** D-78: the own id is retracted, or all participants are gone. */
function saysGone(stanza: XmlElement, id: string | undefined): boolean {
  if (
    stanza.name !== 'message' ||
    child(stanza, 'event', 'http://jabber.org/protocol/pubsub#event') === undefined
  )
    return false;
  const event = parseEvent(stanza);
  if (event?.node !== NODE_NAMES.participants) return false;
  return event.kind === 'deleted' || (id !== undefined && event.retracted.includes(id));
}

/** The server's own answer to the question what it is. */
export function aboutServer(question: XmlElement, software: string): XmlElement {
  const { id, from: to, to: from } = question.attrs;
  return el('iq', NS_CLIENT, { type: 'result', id, from, to }, [
    el('query', NS_INFO, {}, [
      el('identity', NS_INFO, { category: 'server', type: 'im', name: software }),
      el('feature', NS_INFO, { var: NS_INFO }),
    ]),
  ]);
}
