/**
 * What people of a simulation say: to everybody, to one, and to each other's clients.
 * Owns the acts that need no rights but participation.
 * Does not decide when they happen (acts.ts).
 * Always: every text occurs once, so that a message is known wherever it turns up.
 * Before: testing/simulation/world.ts. After: testing/simulation/acts.ts.
 */
import { buildInfo, buildInfoQuery } from '../../xep/0030-disco/wire.ts';
import { buildRetract as buildRetract424 } from '../../xep/0424-retract/wire.ts';
import { buildModerate } from '../../xep/0425-moderate/wire.ts';
import { buildRetract } from '../../xep/0407-misc/wire.ts';
import { el, elements, type XmlElement } from '../../xml/element.ts';
import type { Player } from '../stage.ts';
import type { Person, Room, World } from './world.ts';

const NS_CLIENT = 'jabber:client';
const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

function send(world: World, device: Player, to: string, type: string, children: XmlElement[]): string {
  const id = world.nextId();
  world.stage.send(device, el('message', NS_CLIENT, { type, id, to }, children));
  return id;
}

/** A message to everybody, often with something in it that clients put there, or forge. */
export function post(world: World, who: Person, room: Room): void {
  const device = world.deviceOf(who);
  if (device === undefined) return;
  const text = `said ${world.nextId()}`;
  const children = [el('body', NS_CLIENT, {}, [text])];
  const former = world.said.findLast((said) => said.by === who && said.room === room);
  if (former !== undefined && world.chance(20))
    children.push(el('replace', 'urn:xmpp:message-correct:0', { id: former.id }));
  if (world.chance(30)) children.push(...forged(world, who, device, room));
  const id = send(world, device, room.address, 'groupchat', children);
  world.said.push({ room, by: who, id, text, epoch: world.ledger.epoch });
}

/** What a client may put into a message, and what a channel must not pass on as it is. */
function forged(world: World, { bare }: Person, { full }: Player, { address }: Room): XmlElement[] {
  return [
    world.pick([
      el('mix', 'urn:xmpp:mix:core:1', {}, [el('jid', 'urn:xmpp:mix:core:1', {}, [bare])]),
      el('stanza-id', 'urn:xmpp:sid:0', { id: 'forged', by: address }),
      el('stanza-id', 'urn:xmpp:sid:0', { id: 'forged', by: bare }),
      el('delay', 'urn:xmpp:delay', { from: full, stamp: '2020-01-01T00:00:00Z' }),
      el('card', 'urn:example:card', { of: `${bare}/elsewhere` }, [`xmpp:${bare}`]),
      el('reference', 'urn:xmpp:reference:0', { type: 'mention', uri: `xmpp:${bare}` }),
      el('reference', 'urn:xmpp:reference:0', { type: 'mention', uri: `xmpp:${address}/Third` }),
      el('addresses', 'http://jabber.org/protocol/address', {}, [
        el('address', 'http://jabber.org/protocol/address', { type: 'ofrom', jid: full }),
      ]),
      el('reply', 'urn:xmpp:reply:0', { id: 'unknown', to: bare }),
    ]),
  ];
}

/** A chat state: not archived. */
export function type(world: World, who: Person, room: Room): void {
  const device = world.deviceOf(who);
  if (device !== undefined)
    send(world, device, room.address, 'groupchat', [
      el('composing', 'http://jabber.org/protocol/chatstates'),
    ]);
}

/** Takes a message back, one's own or another's. */
export function retract(world: World, who: Person, room: Room): void {
  const device = world.deviceOf(who);
  const heard = world.pick(world.ledger.heardBy(who.bare, room.address));
  if (device === undefined || heard === undefined) return;
  const { id } = heard;
  if (world.chance(30)) world.ask(who, room, 'set', room.address, buildModerate({ id, reason: undefined }));
  else {
    const form = world.chance(50) ? buildRetract(id) : buildRetract424(id);
    send(world, device, room.address, 'groupchat', [form]);
  }
}

/** An encoded address that the person knows, with or without a client's resource. */
function targetOf(world: World, who: Person, room: Room): string | undefined {
  const clients = [...world.ledger.view(who.bare, room.address).available];
  const ids = [...room.ids.values()].map((id) => `${id}#${room.address}`);
  return world.pick([...clients, ...ids]);
}

export function whisper(world: World, who: Person, room: Room): void {
  const device = world.deviceOf(who);
  const to = targetOf(world, who, room);
  if (device === undefined || to === undefined) return;
  send(world, device, to, 'chat', [
    el('body', NS_CLIENT, {}, [`whispered ${world.nextId()}`]),
    ...(world.chance(30) ? forged(world, who, device, room) : []),
  ]);
}

/** A question to somebody's client, or one with a resource that is only a guess. */
export function askClient(world: World, who: Person, room: Room): void {
  const to = targetOf(world, who, room);
  if (to === undefined) return;
  const guess = world.pick(world.people)?.devices[0]?.full.split('/')[1] ?? '';
  const address = world.chance(20) ? `${to.split('/', 1)[0] ?? ''}/${guess}` : to;
  const card = el('vCard', 'vcard-temp');
  world.ask(who, room, 'get', address, world.chance(30) ? card : buildInfoQuery());
}

/** Clients answer what was passed on to them, some wrongly and some not at all. */
export function answerQuestions(world: World, seen: Map<Player, number>): void {
  for (const { bare, devices } of world.people)
    for (const device of devices) {
      const fresh = device.received.slice(seen.get(device) ?? 0);
      seen.set(device, device.received.length);
      for (const iq of fresh) {
        const { type, id, from } = iq.attrs;
        const isQuestion = iq.name === 'iq' && (type === 'get' || type === 'set');
        if (!isQuestion || !device.isOnline || world.chance(20)) continue;
        const attrs = { id, to: from };
        const answer = world.chance(70)
          ? el('iq', NS_CLIENT, { type: 'result', ...attrs }, [
              buildInfo({ node: undefined, identities: [], features: ['urn:xmpp:ping'], forms: [] }),
            ])
          : el('iq', NS_CLIENT, { type: 'error', ...attrs }, [
              ...elements(iq),
              el('error', NS_CLIENT, { type: 'cancel', by: bare }, [
                el('forbidden', NS_STANZAS),
                el('text', NS_STANZAS, {}, [`${device.full} says no`]),
              ]),
            ]);
        world.stage.send(device, answer);
      }
    }
}
