/**
 * XEP-0406 MIX-ADMIN 0.3.1 §2.4: rows ADM-30 to ADM-35 of the conformance map.
 * Tests what each switch does to participants, with its default and the other value.
 * Does not test the form (config-form.test.ts) nor retraction and invitations in depth (test/conformance/misc/).
 * Always: what an option forbids is refused and reaches nobody.
 * Before: test/conformance/admin/kit.ts. After: src/channel/configure.ts.
 */
import { describe, expect, test } from 'vitest';
import { coven, find, form, like, MISC, play, publish, node, valuesIn, xml, children } from './kit.ts';

const ANON = 'urn:xmpp:mix:anon:0';
const preference = (fields: Record<string, string>): string =>
  `<user-preference xmlns='${ANON}'>${form(fields, ANON)}</user-preference>`;
const invite = (invitee: string): string => `<invite xmlns='${MISC}'><invitee>${invitee}</invitee></invite>`;

describe('options', () => {
  test(
    'ADM-30: where presence must be provided, nobody refuses it',
    play(async (scene) => {
      const { channel, owner, one } = await coven(scene);
      const hides = preference({ Presence: 'not share' });
      await scene.result(one, 'set', channel, hides);
      await scene.result(one, 'set', channel, preference({ Presence: 'share' }));
      await scene.configure(owner, channel, { 'Participants Must Provide Presence': 'true' });
      await scene.refused(one, 'set', channel, hides, 'not-acceptable/modify');
      const now = await scene.result(one, 'get', channel, `<user-preference xmlns='${ANON}'/>`);
      expect(valuesIn(now).get('Presence')).toEqual(['share']);
    }),
  );

  test(
    'ADM-31: own messages are taken back only where the option says so',
    play(async (scene) => {
      const { channel, owner, one } = await coven(scene);
      await scene.say(one, channel, '<body>Something wicked</body>');
      const [message] = await scene.archive(one, channel);
      const retraction = `<retract xmlns='${MISC}' id='${message?.attrs['id'] ?? ''}'/>`;
      scene.news();
      await scene.unsaid(one, channel, retraction, 'not-allowed/cancel');
      const [still] = await scene.archive(one, channel);
      expect(still && find(still, 'body')).toBeDefined();
      await scene.configure(owner, channel, { 'User Message Retraction': 'true' });
      expect(Object.keys(await scene.say(one, channel, retraction)).sort()).toEqual(['hag', 'witch']);
      const [gone] = await scene.archive(one, channel);
      expect(gone && find(gone, 'body')).toBeUndefined();
    }),
  );

  test(
    'ADM-32: others’ messages: owners, administrators, nobody',
    play(async (scene) => {
      const { channel, owner, admin, one } = await coven(scene);
      const moderate = (id: string): string =>
        `<moderate xmlns='urn:xmpp:message-moderate:1' id='${id}'><retract xmlns='urn:xmpp:message-retract:1'/></moderate>`;
      const next = async (): Promise<string> => {
        await scene.say(one, channel, '<body>Something wicked</body>');
        return (await scene.archive(owner, channel)).at(-1)?.attrs['id'] ?? '';
      };
      const first = await next();
      expect((await scene.config(owner, channel)).get('Administrator Message Retraction Rights')).toEqual([
        'owners',
      ]);
      await scene.refused(admin, 'set', channel, moderate(first), 'forbidden/auth');
      await scene.result(owner, 'set', channel, moderate(first));
      await scene.configure(owner, channel, { 'Administrator Message Retraction Rights': 'admins' });
      await scene.result(admin, 'set', channel, moderate(await next()));
      await scene.result(owner, 'set', channel, moderate(await next()));
      await scene.configure(owner, channel, { 'Administrator Message Retraction Rights': 'nobody' });
      const last = await next();
      for (const asker of [admin, owner])
        await scene.refused(asker, 'set', channel, moderate(last), 'not-allowed/cancel');
      const kept = (await scene.archive(owner, channel)).at(-1);
      expect(kept && find(kept, 'body')).toBeDefined();
    }),
  );

  test(
    'ADM-33: participants invite only where the option says so',
    play(async (scene) => {
      const { channel, owner, one } = await coven(scene);
      await scene.refused(one, 'get', channel, invite('cat@moon.example'), 'not-allowed/cancel');
      await scene.configure(owner, channel, {
        'Participation Addition by Invitation from Participant': 'true',
      });
      const answer = await scene.result(one, 'get', channel, invite('cat@moon.example'));
      expect(find(answer, 'token')).toBeDefined();
    }),
  );

  test(
    'ADM-34: private messages are passed on unless switched off',
    play(async (scene) => {
      const { channel, owner, one, two } = await coven(scene);
      const to = `${two.id}#${channel}`;
      const got = await scene.say(one, to, '<body>Psst</body>', { type: 'chat' });
      expect(Object.keys(got)).toEqual(['hag']);
      await scene.configure(owner, channel, { 'Private Messages': 'false' });
      scene.news();
      await scene.unsaid(one, to, '<body>Psst</body>', 'not-allowed/cancel', 'chat');
    }),
  );

  test(
    'ADM-35: nicks are mandatory unless switched off',
    play(async (scene) => {
      const { channel, owner } = await coven(scene, { 'JID Visibility': 'jid-visible' });
      const third = await scene.enter('third');
      const refusal = await scene.join(third, channel, undefined);
      expect(children(refusal)).toBe(
        like(`<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`),
      );
      await scene.configure(owner, channel, { 'Mandatory Nicks': 'false' });
      const joined = await scene.join(third, channel, undefined);
      expect(joined.attrs['type'], xml(joined)).toBe('result');
      expect(find(joined, 'nick')).toBeUndefined();
    }),
  );
});

describe('information', () => {
  const CORE = 'urn:xmpp:mix:core:1';
  const info = (fields: Record<string, string | string[]>): string =>
    publish(node('info'), form(fields, CORE));

  test(
    'ADM-45: those who may change it do, and subscribers are told',
    play(async (scene) => {
      const { channel, admin, one, two } = await coven(scene);
      await scene.refused(two, 'set', channel, info({ Name: 'Mine' }), 'forbidden/auth');
      scene.news();
      const contact = ['mailto:witches@heath.example', 'toad@pond.example'];
      const answer = await scene.result(admin, 'set', channel, info({ Name: 'Witches', Contact: contact }));
      const id = find(answer, 'item')?.attrs['id'] ?? '';
      expect(id).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
      expect(Object.keys(scene.news()).sort()).toEqual(['hag', 'witch']);
      for (const person of [one, two]) {
        const event = person.player.received.at(-1);
        expect(event?.attrs).toEqual({ from: channel, to: person.bare, type: 'headline' });
        expect(event && find(event, 'items')?.attrs).toEqual({ node: node('info') });
        expect(event && find(event, 'item')?.attrs).toEqual({ id });
        const values = event && valuesIn(event);
        expect(values?.get('FORM_TYPE')).toEqual([CORE]);
        expect(values?.get('Name')).toEqual(['Witches']);
        expect(values?.get('Contact')).toEqual(contact);
      }
      const read = await scene.result(
        two,
        'get',
        channel,
        `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${node('info')}'/></pubsub>`,
      );
      expect(find(read, 'item')?.attrs['id']).toBe(id);
    }),
  );

  test(
    'ADM-54: the mode is not changed here by anybody below owner',
    play(async (scene) => {
      const { channel, owner, admin } = await coven(scene);
      const mode = { 'JID Visibility': 'jid-visible' };
      await scene.refused(admin, 'set', channel, info({ ...mode, Name: 'Witches' }), 'forbidden/auth');
      expect((await scene.config(owner, channel)).get('JID Visibility')).toEqual(['jid-hidden']);
      const same = { 'JID Visibility': 'jid-hidden', Name: 'Witches' };
      await scene.result(admin, 'set', channel, info(same));
      await scene.result(owner, 'set', channel, info(mode));
      expect((await scene.config(owner, channel)).get('JID Visibility')).toEqual(['jid-mandatory-visible']);
    }),
  );

  test(
    'ADM-53: the service has no nodes',
    play(async (scene) => {
      const { owner } = await coven(scene);
      const asked = `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${node('config')}'/></pubsub>`;
      await scene.refused(owner, 'get', scene.service, asked, 'service-unavailable/cancel');
    }),
  );
});
