/**
 * XEP-0403 MIX-PRESENCE 0.3.2 (2020-12-01) §4.5–4.6: requests between participants' clients, through the channel.
 * Passes requests on under an id that is sealed, and their answers back under the asker's own id.
 * Does not decide which pass (channel/relay.ts) nor remember who asked: the sealed id does (service/relays.ts).
 * Always: an answer reaches only the client that asked, once, with encoded addresses; errors are rebuilt (D-60).
 * Before: xep/0403-presence/service.ts. After: channel/relay.ts.
 */
import type { Turn } from '../../channel/turn.ts';
import { clientOf, speak } from '../../channel/private-message.ts';
import { isOpenBetween, wayOfRequest, type Question } from '../../channel/relay.ts';
import type { ParticipantId, PublicJid } from '../../jid/public-jid.ts';
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

export function relay(request: Request<ParticipantAddress>, turn: Turn, env: Env): Reply {
  const { to: target, type, payload, from: asker, id = '', self } = request;
  const way = wayOfRequest(turn, asker, target, questionOf(request));
  const asked: Asked = [id, way.from, self, target.id, nameOf(payload)];
  const pass = env.relays.begin(JSON.stringify(asked), () => {
    const late = buildError(refuse('remote-server-timeout', 'There was no answer in time.'));
    env.send(answerTo(asker, self, 'error', id, [late]));
  });
  if (pass === undefined) throw refuse('resource-constraint', 'Too many requests are under way.');
  speak(turn, way);
  const stanza = el('iq', NS_CLIENT, { type, id: pass, from: way.from }, [payload]);
  return { before: [{ to: way.to, stanza }], isPassedOn: true };
}

/** What a sealed id says: the asker's id and encoded address, the address asked, whom it stands for, and the question. */
type Asked = [id: string, asker: PublicJid, self: PublicJid, target: ParticipantId, question: string];

function nameOf({ ns, name }: XmlElement): string {
  return `${ns} ${name}`;
}

/** The answer came to the address of the asker; it is taken from whoever was asked, and from nobody else (PRES-40). */
export function answer(given: Inbound<ParticipantAddress>, turn: Turn, env: Env): readonly Send[] {
  const { channel } = turn;
  const to = clientOf(channel, given.to);
  const target = channel.ids.get(given.from.bare);
  if (to === undefined || target === undefined || given.id === undefined) return [];
  const content = env.relays.end(given.id);
  if (content === undefined) return [];
  const [id, asker, self, asked, question] = JSON.parse(content) as Asked;
  if (asked !== target || asker !== given.self) return [];
  const [payload] = given.children;
  // What was not asked for may say whose client it is (LEAK-10).
  const isStray = payload !== undefined && nameOf(payload) !== question;
  if (given.type === 'result' && isStray && !isOpenBetween(channel, given.to.id, target))
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
