/**
 * The companion XEPs of the decisions' table: one payload, sent by hidden and by shown people, to all and to one.
 * Owns the circumstances in which a sender can be, and the comparison of what was sent with what arrived.
 * Does not know what a payload means.
 * Always: a payload stands beside a body; of a copy everything is compared but the channel's own words.
 * Before: test/conformance/admin/kit.ts. After: test/conformance/companions/passing.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { elements, type XmlElement } from '../../../src/xml/element.ts';
import { coven, form, like, play, xml, type Coven, type Scene } from '../admin/kit.ts';

/** As a row of the table: nothing (passes as it is), other XML in its place, '' (taken out), or a refusal. */
export type Fate = 'pass' | { readonly becomes: string } | { readonly refused: string };
export const STRIPPED: Fate = { becomes: '' };
export const REJECTED: Fate = { refused: 'not-acceptable/modify' };

export interface Companion {
  readonly name: string;
  readonly payload: string;
  /** Of a hidden sender. */
  readonly hidden: Fate;
  /** Of a shown one; the same as hidden where it is left out. */
  readonly shown?: Fate;
  /** Of a shown one while others may hide, where that makes a difference. */
  readonly maybe?: Fate;
  /** In private messages, where it is another one than to all. */
  readonly toOne?: Fate;
}

const CIRCUMSTANCES = [
  { what: 'JID Hidden', mode: 'jid-hidden', preference: 'default', fate: 'hidden' },
  { what: 'JID Maybe Visible, hidden', mode: 'jid-maybe-visible', preference: 'default', fate: 'hidden' },
  { what: 'JID Maybe Visible, shown', mode: 'jid-maybe-visible', preference: 'always', fate: 'maybe' },
  { what: 'JID Visible', mode: 'jid-visible', preference: 'default', fate: 'shown' },
] as const;

/** What stands in a payload for addresses that are known on the stage only. */
export function filled(text: string, { one, two, channel }: Coven): string {
  const values: Record<string, string> = {
    OWN_FULL: one.full,
    OWN: one.bare,
    CHANNEL: channel,
    OTHER_ID: two.id,
    OWN_ID: one.id,
  };
  return text.replace(/(OWN_FULL|OWN_ID|OWN|CHANNEL|OTHER_ID)/g, (name) => values[name] ?? name);
}

/** The children that the sender's client wrote, as they arrived. */
export function content(stanza: XmlElement | undefined): string {
  const own = ['mix urn:xmpp:mix:core:1', 'stanza-id urn:xmpp:sid:0'];
  const kept = stanza === undefined ? [] : elements(stanza);
  return kept
    .filter(({ name, ns }) => !own.includes(`${name} ${ns}`))
    .map(xml)
    .join('\n');
}

/** The coven in one of the circumstances. */
export async function circumstances(scene: Scene, mode: string, preference: string): Promise<Coven> {
  const people = await coven(scene, { 'JID Visibility': mode });
  const anon = 'urn:xmpp:mix:anon:0';
  const fields = form({ 'JID Visibility': preference }, anon);
  const asked = `<user-preference xmlns='${anon}'>${fields}</user-preference>`;
  await scene.result(people.one, 'set', people.channel, asked);
  scene.news();
  return people;
}

/** What becomes of the payload, in every circumstance, to all and to one. */
export function meets(companions: readonly Companion[]): void {
  for (const companion of companions)
    describe(companion.name, () => {
      const { payload, hidden, shown = hidden, maybe = shown } = companion;
      for (const { what, mode, preference, fate } of CIRCUMSTANCES)
        test(
          `${companion.name}: ${what}`,
          play(async (scene) => {
            const people = await circumstances(scene, mode, preference);
            const expected = { hidden, shown, maybe }[fate];
            const sent = filled(payload, people);
            await check(scene, people, people.channel, 'groupchat', sent, expected);
            const to = `${people.two.id}#${people.channel}`;
            const toOne =
              fate === 'hidden' || companion.toOne === 'pass' ? (companion.toOne ?? expected) : expected;
            await check(scene, people, to, 'chat', sent, toOne);
          }),
        );
    });
}

async function check(
  scene: Scene,
  people: Coven,
  to: string,
  type: string,
  payload: string,
  fate: Fate,
): Promise<void> {
  const body = '<body>Hail!</body>';
  if (fate !== 'pass' && 'refused' in fate) {
    await scene.unsaid(people.one, to, `${body}${payload}`, fate.refused, type);
    return;
  }
  const got = await scene.say(people.one, to, `${body}${payload}`, { type });
  const [copy, more] = got['hag'] ?? [];
  expect(more).toBeUndefined();
  expect(Object.keys(got).sort()).toEqual(type === 'chat' ? ['hag'] : ['hag', 'witch']);
  const expected = fate === 'pass' ? payload : filled(fate.becomes, people);
  // In a private message the sender is known by another address than before all.
  const alias = copy?.attrs['from'] ?? '';
  expect(content(copy)).toBe(like(`${body}${expected.replaceAll('ALIAS', alias)}`));
}
