/**
 * What people do in a transcript.
 * Owns the forms of the steps that act, and those that look at an answer.
 * Does not wait for stanzas out of the blue (runner.ts).
 * Always: before somebody acts, everything that was set off before has settled and counts as seen.
 * Before: testing/runner.ts. After: testing/cast.ts.
 */
import { isCondition, refuse } from '../refusal.ts';
import { buildForm } from '../xep/0004-forms/wire.ts';
import { buildEntry, parseUser, STATUS, userIn } from '../xep/0045-muc/wire.ts';
import { buildJoin, NODE_NAMES, parseJoined } from '../xep/0369-core/wire.ts';
import { NS as NS_ANON } from '../xep/0404-anon/wire.ts';
import { occupantId } from '../xep/0421-occupant/wire.ts';
import { child, el, elements, isElement, type XmlElement, type XmlNode } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import type { Actor, Cast } from './cast.ts';
import { match } from './match.ts';
import type { Script, Step } from './script.ts';
import type { Powers, Stage } from './stage.ts';
import { fill, type Variables } from './template.ts';

/** One step, and what it is played with. */
export interface Play {
  readonly script: Script;
  readonly stage: Stage;
  readonly cast: Cast;
  readonly step: Step;
}

interface Scene extends Play {
  readonly name: string;
  readonly actor: Actor;
}

type Act = (scene: Scene, words: readonly string[]) => Promise<void>;

const NS_CLIENT = 'jabber:client';
const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const USUAL_NODES = 'messages, participants, info, presence';

/** What stands behind a client's name. */
const ACTS: readonly (readonly [RegExp, Act])[] = [
  [/^sends:$/, sends],
  [/^joins (\S+) as "(.*?)"(?: with (.+?))?(?: subscribing to (.+))?$/, joins],
  [/^joins (\S+):$/, joinsItsOwnWay],
  [/^leaves (\S+)$/, leaves],
  [/^enters (\S+) as "(.*?)"$/, enters],
  [/^exits (\S+)$/, exits],
  [/^posts to (\S+): "(.*)"$/, posts],
  [/^writes to (.+): "(.*)"$/, writes],
  [/^is answered:?$/, isAnswered],
  [/^is refused: (\S+?)(?:, (\S+))?$/, isRefused],
  [/^disconnects$/, async ({ stage, actor }) => stage.disconnect(actor.player)],
  [/^reconnects$/, async ({ stage, actor }) => stage.reconnect(actor.player)],
  [/^vanishes$/, vanishes],
  [/^'s server bounces$/, bounces],
  [/^'s card:$/, hasCard],
];

/** What happens by itself. */
const EVENTS: readonly (readonly [RegExp, (play: Play, words: readonly string[]) => Promise<void>])[] = [
  [/^(\d+) (second|minute|hour|day)s? pass(?:es)?$/, passes],
  [/^the service restarts$/, async (play) => powersOf(play).restart()],
  [/^the link drops$/, async (play) => powersOf(play).dropLink()],
  [/^the link is (slow|fast)$/, async (play, [pace]) => powersOf(play).slowLink(pace === 'slow')],
];

const LOOKING = /^is (answered|refused)/;

/** Plays a step that is not about receiving. @throws Error when it does not go as the transcript says. */
export async function act(play: Play): Promise<void> {
  const { cast, stage, step } = play;
  for (const [form, event] of EVENTS) {
    const words = form.exec(step.text)?.slice(1);
    if (words === undefined) continue;
    await stage.settle();
    cast.mark();
    await event(play, words);
    return;
  }
  const found = cast.actorOf(step.text);
  if (found === undefined) throw new Error('the line does not begin with the name of a client');
  const { name, actor, rest } = found;
  for (const [form, run] of ACTS) {
    const words = form.exec(rest)?.slice(1);
    if (words === undefined) continue;
    await stage.settle();
    if (!LOOKING.test(rest)) cast.mark();
    await run({ ...play, name, actor }, words);
    await stage.settle();
    return;
  }
  throw new Error(`nobody knows how to play this; see the forms at the top of testing/script.ts`);
}

function powersOf({ stage }: Play): Powers {
  if (stage.powers === undefined)
    throw new Error('this needs a simulated world; mark the transcript with [Only]');
  return stage.powers;
}

function channelNamed(name: string, { channels, variables }: Cast): string {
  return channels.get(name) ?? fill(name, variables);
}

/** The element with its variables filled in. */
function filled(element: XmlElement, variables: Variables): XmlElement {
  const attrs = Object.entries(element.attrs).map(([key, value]) => [key, fill(value, variables)] as const);
  const children = element.children.map((node) => {
    if (typeof node === 'string') return fill(node, variables);
    return isElement(node) ? filled(node, variables) : node;
  });
  return { ...element, attrs: Object.fromEntries(attrs), children };
}

function sends({ cast, actor, step }: Scene): Promise<void> {
  for (const stanza of step.xml) cast.send(actor, filled(stanza, cast.variables));
  return Promise.resolve();
}

async function joins(
  scene: Scene,
  [channel = '', nick = '', fields, nodes = USUAL_NODES]: readonly string[],
): Promise<void> {
  const { cast } = scene;
  const join = buildJoin({
    nodes: nodes
      .split(/,\s*/)
      .map((node) => (Object.hasOwn(NODE_NAMES, node) ? NODE_NAMES[node as 'info'] : node)),
    nick,
    ...(fields === undefined ? {} : { form: preferences(fields) }),
  });
  const answer = await joinBy(scene, channelNamed(channel, cast), join);
  if (answer.attrs['type'] !== 'result') throw new Error(`the join was refused: ${serialize(answer)}`);
}

function preferences(fields: string): XmlElement {
  const list = fields.split(/,\s*/).map((field) => {
    const [name = '', value = ''] = field.split(/:\s*/);
    return { var: name, values: [value] };
  });
  return buildForm({ type: 'submit', formType: NS_ANON, fields: list });
}

async function joinsItsOwnWay(scene: Scene, [channel = '']: readonly string[]): Promise<void> {
  const { cast, step } = scene;
  const [join] = step.xml;
  if (join === undefined) throw new Error('there is no <join/> below');
  // Without a namespace of its own it is in that of the core.
  const own = join.ns === NS_CLIENT ? inCore(join) : join;
  await joinBy(scene, channelNamed(channel, cast), filled(own, cast.variables));
}

function inCore(element: XmlElement): XmlElement {
  const children = element.children.map((node) =>
    isElement(node) && node.ns === NS_CLIENT ? inCore(node) : node,
  );
  return { ...element, ns: 'urn:xmpp:mix:core:1', children };
}

async function joinBy(
  { stage, cast, actor, name }: Scene,
  channel: string,
  join: XmlElement,
): Promise<XmlElement> {
  const answer = await stage.join(actor.player, channel, join);
  actor.asked = { kind: 'iq', id: answer.attrs['id'] ?? '', to: channel, answer };
  const joined = elements(answer).find((each) => each.name === 'join');
  if (answer.attrs['type'] === 'result' && joined !== undefined) {
    const { id = '' } = parseJoined(joined);
    const [local = '', domain = ''] = channel.split('@');
    const address = `${id}#${channel}`;
    for (const key of [`${name}'s id`, `${name}'s id in ${local}`]) cast.variables.set(key, id);
    for (const key of [`${name}'s address`, `${name}'s address in ${local}`])
      cast.variables.set(key, address);
    if (domain !== stage.domain) throw new Error(`${channel} is no channel of the stage's service`);
  }
  return answer;
}

async function leaves({ stage, cast, actor }: Scene, [channel = '']: readonly string[]): Promise<void> {
  const address = channelNamed(channel, cast);
  const answer = await stage.leave(actor.player, address);
  actor.asked = { kind: 'iq', id: answer.attrs['id'] ?? '', to: address, answer };
}

async function enters(scene: Scene, [channel = '', nick = '']: readonly string[]): Promise<void> {
  const { stage, cast, actor, name } = scene;
  const room = channelNamed(channel, cast);
  const to = `${room}/${nick}`;
  cast.send(actor, el('presence', NS_CLIENT, { to }, [buildEntry({ maxStanzas: 0 })]));
  await stage.settle();
  const self = actor.player.received.findLast(
    ({ name: kind, attrs, children }) =>
      kind === 'presence' && attrs['from']?.startsWith(`${room}/`) === true && isOfSelf(children),
  );
  const id = self && occupantId(self.children);
  actor.rooms.set(room, self?.attrs['from'] ?? to);
  if (id === undefined) return;
  const [local = ''] = room.split('@');
  for (const key of [`${name}'s id`, `${name}'s id in ${local}`]) cast.variables.set(key, id);
  for (const key of [`${name}'s address`, `${name}'s address in ${local}`])
    cast.variables.set(key, `${id}#${room}`);
}

function isOfSelf(children: readonly XmlNode[]): boolean {
  const x = userIn(children.filter(isElement));
  return x !== undefined && parseUser(x).statuses?.includes(STATUS.self) === true;
}

async function exits({ stage, cast, actor }: Scene, [channel = '']: readonly string[]): Promise<void> {
  const room = channelNamed(channel, cast);
  const to = actor.rooms.get(room) ?? room;
  cast.send(actor, el('presence', NS_CLIENT, { type: 'unavailable', to }));
  await stage.settle();
}

async function posts(scene: Scene, [channel = '', text = '']: readonly string[]): Promise<void> {
  await says(scene, 'groupchat', channelNamed(channel, scene.cast), text);
}

async function writes(scene: Scene, [address = '', text = '']: readonly string[]): Promise<void> {
  await says(scene, 'chat', fill(address, scene.cast.variables), text);
}

async function says({ stage, cast, actor }: Scene, type: string, to: string, text: string): Promise<void> {
  const body = el('body', NS_CLIENT, {}, [fill(text, cast.variables)]);
  cast.send(actor, el('message', NS_CLIENT, { type, to }, [body]));
  await stage.settle();
}

/** The answer to the actor's last request, taken out of what arrived. */
function answerTo({ cast, actor }: Scene): XmlElement {
  const { asked } = actor;
  if (asked === undefined) throw new Error('it has asked for nothing');
  if (asked.answer !== undefined) return asked.answer;
  const answers = cast
    .untaken(actor)
    .filter(
      ({ name, attrs }) => name === asked.kind && (asked.kind === 'presence' || attrs['id'] === asked.id),
    )
    .filter(({ attrs }) => attrs['type'] === 'error' || (asked.kind === 'iq' && attrs['type'] === 'result'))
    // A message that comes back to its sender has the archive's id; an error has the sender's.
    .filter(({ attrs }) => attrs['type'] !== 'error' || sameAddress(attrs['from'], asked.to));
  const [answer, second] = answers;
  if (answer === undefined) {
    const came = cast.untaken(actor).map((stanza) => `\n  ${serialize(stanza)}`);
    throw new Error(`no answer came, but${came.length === 0 ? ' nothing' : came.join('')}`);
  }
  if (second !== undefined)
    throw new Error(`two answers came:\n  ${serialize(answer)}\n  ${serialize(second)}`);
  actor.taken.add(answer);
  return answer;
}

function sameAddress(from: string | undefined, to: string): boolean {
  return from?.toLowerCase() === to.toLowerCase();
}

function isAnswered(scene: Scene): Promise<void> {
  const { cast, stage, actor, step } = scene;
  const answer = answerTo(scene);
  const { type, from } = answer.attrs;
  if (type !== 'result') throw new Error(`it was refused: ${serialize(answer)}`);
  if (!sameAddress(from, actor.asked?.to ?? '')) throw new Error(`the answer came from ${from ?? 'nobody'}`);
  const got = elements(answer);
  if (step.xml.length === 0) return Promise.resolve();
  if (got.length !== step.xml.length)
    throw new Error(`the answer holds ${got.length} elements: ${serialize(answer)}`);
  for (const [at, pattern] of step.xml.entries()) {
    const [payload] = got.slice(at);
    const options = { variables: cast.variables, hasLooseTo: stage.kind !== 'memory' };
    const outcome = payload && match(pattern, payload, options);
    if (outcome === undefined || 'difference' in outcome) {
      const why = outcome?.difference ?? 'nothing came';
      throw new Error(`expected\n  ${serialize(pattern)}\nbut ${why}\n  ${serialize(answer)}`);
    }
    for (const [key, value] of outcome.kept) cast.variables.set(key, value);
  }
  return Promise.resolve();
}

function isRefused(scene: Scene, [condition = '', application]: readonly string[]): Promise<void> {
  if (!isCondition(condition)) throw new Error(`${condition} is no condition of refusal.ts`);
  const answer = answerTo(scene);
  const said = serialize(answer);
  const error = child(answer, 'error');
  if (answer.attrs['type'] !== 'error' || error === undefined) throw new Error(`it was not refused: ${said}`);
  if (!sameAddress(answer.attrs['from'], scene.actor.asked?.to ?? ''))
    throw new Error(`another address refused: ${said}`);
  const { type } = refuse(condition, '');
  if (error.attrs['type'] !== type) throw new Error(`the error is not of type ${type}: ${said}`);
  const names = elements(error)
    .filter(({ ns, name }) => ns === NS_STANZAS && name !== 'text')
    .map(({ name }) => name);
  if (names.join() !== condition) throw new Error(`the condition is ${names.join()}: ${said}`);
  const more = elements(error)
    .filter(({ ns }) => ns !== NS_STANZAS)
    .map(({ name }) => name);
  if (more.join() !== (application ?? ''))
    throw new Error(`the application condition is '${more.join()}': ${said}`);
  return Promise.resolve();
}

function vanishes(scene: Scene): Promise<void> {
  powersOf(scene).vanish(scene.actor.player);
  return Promise.resolve();
}

function bounces(scene: Scene): Promise<void> {
  powersOf(scene).bounceFor(scene.actor.player);
  return Promise.resolve();
}

function hasCard(scene: Scene): Promise<void> {
  const [card] = scene.step.xml;
  if (card === undefined) throw new Error('there is no card below');
  powersOf(scene).setCard(scene.actor.player, filled(card, scene.cast.variables));
  return Promise.resolve();
}

const MS: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

async function passes(play: Play, [count = '', unit = '']: readonly string[]): Promise<void> {
  await powersOf(play).pass(Number(count) * (MS[unit] ?? 0));
}
