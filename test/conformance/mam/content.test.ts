/**
 * MAM-33 … 37: what the archive holds, and under which id.
 */
import { describe, expect, test } from 'vitest';
import { elements, type XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';
import { all, openCoven, type Coven } from '../pubsub/kit.ts';
import { numbers, post, query, say, search } from './kit.ts';

const MISC = 'urn:xmpp:mix:misc:0';
const RETRACT = 'urn:xmpp:message-retract:1';

function stanzaIds(message: XmlElement): (readonly [string | undefined, string | undefined])[] {
  return all(message, 'stanza-id').map(({ attrs }) => [attrs['by'], attrs['id']]);
}

/** What the other participant gets of a message, and what the archive has of it. */
async function copies(coven: Coven, inner: string): Promise<XmlElement[]> {
  const { world, toad, newt } = coven;
  const [live] = await world.during(newt, () => post(coven, toad, inner));
  const { results } = await search(coven, newt, query([], '<max>1</max><before/>'));
  return [live!, results[0]!.message];
}

test('MAM-33: the id in the archive is that of the message, and its stanza-id', async () => {
  const coven = await openCoven();
  const { world, channel, toad, newt } = coven;
  const copiesOf = [];
  for (const who of [toad, newt])
    copiesOf.push(...(await world.during(newt, () => post(coven, who, '<body>x</body>'))));
  const { results } = await search(coven, newt, query());
  expect(copiesOf.map((copy) => [copy.attrs['id'], ...stanzaIds(copy)])).toEqual(
    results.map(({ id }) => [id, [channel, id]]),
  );
  expect(results.map(({ message }) => [message.attrs['id'], ...stanzaIds(message)])).toEqual(
    results.map(({ id }) => [id, [channel, id]]),
  );
});

test('MAM-34, MAM-35: a client’s own stanza-ids are taken out', async () => {
  const coven = await openCoven();
  const { channel, toad } = coven;
  const sid = (by: string): string => `<stanza-id xmlns='urn:xmpp:sid:0' by='${by}' id='fake'/>`;
  const own = `<origin-id xmlns='urn:xmpp:sid:0' id='origin'/>`;
  for (const inner of [sid(channel), sid(toad.bare), sid(channel) + sid(channel) + sid('elsewhere.example')])
    for (const copy of await copies(coven, `<body>x</body>${inner}${own}`)) {
      expect(stanzaIds(copy)).toEqual([[channel, copy.attrs['id']]]);
      expect(serialize(copy)).not.toContain('fake');
      expect(all(copy, 'origin-id').map(({ attrs }) => attrs['id'])).toEqual(['origin']);
    }
});

test('MAM-36: what is worth keeping without a body is kept, and a chat state is not', async () => {
  const coven = await openCoven([['User Message Retraction', 'true']]);
  const { world, newt, toad } = coven;
  const [first = '', second = ''] = await say(coven, toad, 'a', 'b');
  const parts: readonly (readonly [string, boolean])[] = [
    [`<reactions xmlns='urn:xmpp:reactions:0' id='${first}'><reaction>+</reaction></reactions>`, true],
    [`<displayed xmlns='urn:xmpp:chat-markers:0' id='${first}'/><store xmlns='urn:xmpp:hints'/>`, true],
    [`<retract xmlns='${RETRACT}' id='${first}'/>`, true],
    [`<retract xmlns='${MISC}' id='${second}'/>`, true],
    [`<composing xmlns='http://jabber.org/protocol/chatstates'/>`, false],
    [`<displayed xmlns='urn:xmpp:chat-markers:0' id='${first}'/>`, false],
    [`<body>c</body><no-store xmlns='urn:xmpp:hints'/>`, true],
  ];
  const kept: (string | undefined)[] = [];
  for (const [inner, isKept] of parts) {
    const [copy, second] = await world.during(newt, () => post(coven, toad, inner));
    expect(copy?.attrs['type'], inner).toBe('groupchat');
    expect(second).toBeUndefined();
    if (isKept) kept.push(copy?.attrs['id']);
    // What is not in the archive has no id there.
    expect(stanzaIds(copy!).length, inner).toBe(isKept ? 1 : 0);
  }
  const { ids } = await search(coven, newt, query());
  expect(ids.slice(2)).toEqual(kept);
});

describe('MAM-37: what was taken back leaves its place', () => {
  test.each([
    ['XEP-0407', `<retract xmlns='${MISC}' id='ID'/>`, [`${MISC} retracted`]],
    ['XEP-0424', `<retract xmlns='${RETRACT}' id='ID'/>`, [`${MISC} retracted`, `${RETRACT} retracted`]],
  ])('by %s', async (_, retract, expected) => {
    const coven = await openCoven([['User Message Retraction', 'true']]);
    const { channel, toad, newt } = coven;
    const ids = await say(coven, toad, ...numbers(3));
    const before = await search(coven, newt, query());
    const [reflected] = await post(coven, toad, retract.replace('ID', ids[1]!));
    const { results } = await search(coven, newt, query([['ids', ids[1]!]]));
    expect(results.map(({ id, stamp }) => [id, stamp])).toEqual([[ids[1], before.results[1]?.stamp]]);
    const { message } = results[0]!;
    expect(message.attrs).toEqual({ from: `${channel}/${toad.id}`, type: 'groupchat', id: ids[1] });
    expect(all(message, 'body')).toEqual([]);
    const names = elements(message).map(({ ns, name }) => `${ns} ${name}`);
    expect(names.filter((name) => name.endsWith('retracted'))).toEqual(expected);
    expect(serialize(message)).not.toContain('m1');
    expect(all(message, 'retracted')[0]?.attrs['by']).toBe(`${channel}/${toad.id}`);
    // Its neighbours are what they were, and the retraction itself comes last.
    const after = await search(coven, newt, query());
    expect(after.ids).toEqual([...ids, reflected?.attrs['id']]);
    expect([after.bodies[0], after.bodies[2]]).toEqual(['m0', 'm2']);
  });
});
