/**
 * XEP-0403 MIX-PRESENCE 0.3.2 (2020-12-01) §4.5–4.6: requests between participants' clients, through the channel.
 * Passes requests on under an id that is sealed, and their answers back under the asker's own id.
 * Does not decide which pass (channel/relay.ts) nor remember who asked: the sealed id does (service/relays.ts).
 * Always: an answer reaches only the client that asked, once, with encoded addresses; errors are rebuilt (D-60).
 * Before: xep/0403-presence/service.ts. After: channel/relay.ts.
 */
import type { Turn } from '../../channel/turn.ts';
import { clientOf, speak, type Target } from '../../channel/private-message.ts';
import { isOpenBetween, wayOfRequest, type Question } from '../../channel/relay.ts';
import type { AnonymousResource, ParticipantId, PublicJid } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import { isCondition, buildError, STANZAS_NS, type ErrorType } from '../../stanza/error.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { elements, el, isNamed, type XmlElement } from '../../xml/element.ts';
import { NS_INFO } from '../0030-disco/wire.ts';
import { withoutAddresses } from '../0404-anon/vcard.ts';
import { NS as VERSION } from '../0092-version/wire.ts';
import { NS as PING } from '../0199-ping/wire.ts';
import type { Env, Inbound, ParticipantAddress, Reply, Request, Send } from '../extension.ts';

const VCARDS: readonly string[] = ['vcard-temp vCard', 'urn:ietf:params:xml:ns:vcard-4.0 vcard'];
const HARMLESS: readonly string[] = [
  `${NS_INFO} query`,
  `${PING} ping`,
  `${VERSION} query`,
  'urn:xmpp:time time',
];

function questionOf({ type, payload }: Request): Question {
  if (type !== 'get') return 'other';
  const name = nameOf(payload);
  if (VCARDS.includes(name)) return 'vcard';
  return HARMLESS.includes(name) ? 'client' : 'other';
}

/** Is it a question that the account's server answers, rather than a client? */
export function isAboutAccount(request: Request): boolean {
  return questionOf(request) === 'vcard';
}

export function relay(request: Request<ParticipantAddress>, turn: Turn, env: Env): Reply {
  return passOn(request, request.to, turn, env);
}

/** Passes a request on to a participant or one of its clients, by whatever address it was asked. */
export function passOn(request: Request, target: Target, turn: Turn, env: Env): Reply {
  const { type, payload, from: asker, id = '', self } = request;
  const way = wayOfRequest(turn, asker, target, questionOf(request));
  const { session } = way;
  const asked: Asked = [id, session.id, session.anonymous, way.from, self, target.id, nameOf(payload)];
  const pass = env.relays.begin(JSON.stringify(asked), () => {
    const late = buildError(refuse('remote-server-timeout', 'There was no answer in time.'));
    env.send(answerTo(asker, self, 'error', id, [late]));
  });
  if (pass === undefined) throw refuse('resource-constraint', 'Too many requests are under way.');
  speak(turn, way);
  const stanza = el('iq', NS_CLIENT, { type, id: pass, from: way.from }, [payload]);
  return { before: way.routes.map(({ to }) => ({ to, stanza })), isPassedOn: true };
}

/**
 * What a sealed id says: the asker's id, who it is and by which client, under which address it asked, the address
 * that it asked, whom that stands for, and the question.
 */
type Asked = [
  id: string,
  asker: ParticipantId,
  client: AnonymousResource,
  as: PublicJid,
  self: PublicJid,
  target: ParticipantId,
  question: string,
];

function nameOf({ ns, name }: XmlElement): string {
  return `${ns} ${name}`;
}

/** The answer came to the address of the asker; it is taken from whoever was asked, and from nobody else (PRES-40). */
export function answer(given: Inbound, { channel }: Turn, env: Env): readonly Send[] {
  const target = channel.ids.get(given.from.bare);
  if (given.id === undefined || target === undefined) return [];
  const content = env.relays.read(given.id);
  if (content === undefined) return [];
  const [id, asker, client, as, self, asked, question] = JSON.parse(content) as Asked;
  const to = clientOf(channel, { id: asker, resource: client });
  // Where the asker's client has gone meanwhile, it is told in time that there was no answer.
  if (to === undefined || asked !== target || as !== given.self) return [];
  if (env.relays.end(given.id) === undefined) return [];
  const [payload] = given.children;
  // What was not asked for may say whose client it is (LEAK-10).
  const isStray = payload !== undefined && nameOf(payload) !== question;
  if (given.type === 'result' && isStray && !isOpenBetween(channel, asker, target))
    return [answerTo(to, self, 'error', id, [buildError(refuse('service-unavailable', ''))])];
  const children =
    given.type === 'error'
      ? [rebuilt(given.children)]
      : given.children.slice(0, 1).map((child) => withoutAddresses(child, given.from));
  return [answerTo(to, self, given.type, id, children)];
}

function answerTo(
  to: RealJid,
  from: PublicJid,
  type: string,
  id: string,
  children: readonly XmlElement[],
): Send {
  return { to, stanza: el('iq', NS_CLIENT, { type, id, from }, children) };
}

/** An error with nothing in it but its condition and type. */
export function rebuilt(children: readonly XmlElement[]): XmlElement {
  const given = children.find((child) => isNamed(child, 'error', NS_CLIENT));
  const condition =
    given && elements(given).find(({ ns, name }) => ns === STANZAS_NS && isCondition(name))?.name;
  const type = given?.attrs['type'];
  const known = condition !== undefined && isCondition(condition) ? condition : 'undefined-condition';
  return buildError(refuse(known, '', isErrorType(type) ? { type } : {}));
}

function isErrorType(text: string | undefined): text is ErrorType {
  return text === 'auth' || text === 'cancel' || text === 'modify' || text === 'wait' || text === 'continue';
}
