/**
 * The MIX family's codecs against what nobody would send in good faith.
 * Throws random elements, made of the words that the codecs look for, at every parser.
 * Does not say how each is refused (the wire.test.ts files do).
 * Always: a parser returns, or refuses; it never fails in another way, and a refusal repeats nothing of its input.
 * Before: xep/0369-core/wire.test.ts. After: test/.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../../stanza/error.ts';
import { el, type XmlElement, type XmlNode } from '../../xml/element.ts';
import { parseForm } from '../0004-forms/wire.ts';
import * as disco from '../0030-disco/wire.ts';
import * as rsm from '../0059-rsm/wire.ts';
import * as pubsub from '../0060-pubsub/wire.ts';
import * as mam from '../0313-mam/wire.ts';
import * as presence from '../0403-presence/wire.ts';
import * as anon from '../0404-anon/wire.ts';
import * as pam from '../0405-pam/wire.ts';
import * as admin from '../0406-admin/wire.ts';
import * as core from './wire.ts';

/** Each parser, and the element that it reads. */
const parsers: readonly [name: string, ns: string, parse: (element: XmlElement) => unknown][] = [
  ['x', 'jabber:x:data', (x) => anon.parsePreferences(parseForm(x))],
  ['x', 'jabber:x:data', (x) => anon.readPreferences(parseForm(x))],
  ['x', 'jabber:x:data', (x) => admin.parseConfig(parseForm(x))],
  ['x', 'jabber:x:data', (x) => admin.readConfig(parseForm(x))],
  ['x', 'jabber:x:data', (x) => core.parseInfo(parseForm(x))],
  ['x', 'jabber:x:data', (x) => core.readInfo(parseForm(x))],
  ['query', disco.NS_INFO, disco.parseInfo],
  ['query', disco.NS_ITEMS, disco.parseItems],
  ['query', disco.NS_ITEMS, disco.parseItemsQuery],
  ['any', rsm.NS, rsm.parseRsmAnswer],
  ['pubsub', pubsub.NS, pubsub.parsePubsub],
  ['pubsub', pubsub.NS_OWNER, pubsub.parsePubsub],
  ['pubsub', pubsub.NS, pubsub.parseItems],
  ['message', 'jabber:client', pubsub.parseEvent],
  ['query', mam.NS, mam.parseQuery],
  ['message', 'jabber:client', mam.parseResult],
  ['fin', mam.NS, mam.parseFin],
  ['metadata', mam.NS, mam.parseMetadata],
  ['mix', presence.NS, presence.parseMix],
  ['user-preference', anon.NS, anon.parseUserPreference],
  ['client-join', pam.NS, pam.parseClientJoin],
  ['join', core.NS, core.parseJoin],
  ['join', core.NS, core.parseJoined],
  ['update-subscription', core.NS, core.parseUpdateSubscription],
  ['setnick', core.NS, core.parseSetNick],
  ['create', core.NS, core.parseCreate],
  ['participant', core.NS, core.parseParticipant],
];

const namespaces = [
  ...new Set(parsers.map(([, ns]) => ns)),
  rsm.NS,
  pubsub.NS_EVENT,
  'urn:xmpp:forward:0',
  'urn:other',
];
const names =
  'x field value option query identity feature item items set max after before index first last count pubsub publish retract subscribe unsubscribe subscriptions affiliations create configure options event delete result forwarded delay message start end flip-page nick jid join leave invitation participant'.split(
    ' ',
  );
const attributes =
  'type var node id jid max_items channel stamp timestamp complete queryid category __proto__'.split(' ');
const SECRET = 'secret@hidden.example/phone';
const values = fc.constantFrom(
  SECRET,
  '',
  'submit',
  'cancel',
  'result',
  'FORM_TYPE',
  'JID Visibility',
  'jid_visibility',
  'Owner',
  'Nodes Present',
  'Contact',
  'with',
  'ids',
  'start',
  anon.NS,
  admin.NS,
  core.NS,
  mam.NS,
  '-1',
  '1',
  'true',
  '2016-05-30T09:00:00Z',
  '__proto__',
  'constructor',
);

const { element } = fc.letrec<{ element: XmlElement; node: XmlNode }>((tie) => ({
  element: fc
    .record({
      name: fc.constantFrom(...names),
      ns: fc.constantFrom(...namespaces),
      attrs: fc.dictionary(fc.constantFrom(...attributes), values, { maxKeys: 3 }),
      children: fc.array(tie('node'), { maxLength: 4, depthIdentifier: 'xml' }),
    })
    .map(({ name, ns, attrs, children }) => el(name, ns, attrs, children)),
  node: fc.oneof({ depthSize: 'small', depthIdentifier: 'xml' }, values, tie('element')),
}));

/** Children mostly of the parent's namespace, or the parsers would see nothing of them. */
function adopt(parent: XmlElement, ns: string): XmlElement {
  const children = parent.children.map((node) =>
    typeof node === 'object' && 'name' in node
      ? adopt(node, node.name.length % 3 === 0 ? node.ns : ns)
      : node,
  );
  return { ...parent, ns, children };
}

test.each(parsers)('%s of %s', (name, ns, parse) => {
  fc.assert(
    fc.property(element, fc.boolean(), (made, isAdopted) => {
      const hostile = { ...(isAdopted ? adopt(made, ns) : made), name, ns };
      try {
        parse(hostile);
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
        expect((error as Refusal).message).not.toContain('hidden');
      }
    }),
    { numRuns: 300 },
  );
});
