/**
 * PUBSUB-26, 27, 31, 32: what channels do not offer of XEP-0060, and where they offer nothing of it.
 */
import { expect, test } from 'vitest';
import { all, form, NODES, openCoven, pubsub, SERVICE } from './kit.ts';

const COUNTER = `<items node='${NODES.info}'/>`;

test.each([NODES.info, 'urn:foo'])(
  'PUBSUB-26: %s is not made, configured, emptied or deleted by pubsub',
  async (node) => {
    const { world, channel, owner, toad } = await openCoven();
    const at = `node='${node}'`;
    const asked: readonly (readonly [string, string, string])[] = [
      ['set', pubsub(`<create ${at}/>`), 'create-nodes'],
      ['set', pubsub(`<create ${at}/><configure/>`), 'create-nodes'],
      ['set', pubsub(`<delete ${at}/>`, true), 'delete-nodes'],
      ['get', pubsub(`<configure ${at}/>`, true), 'config-node'],
      [
        'set',
        pubsub(
          `<configure ${at}>${form('http://jabber.org/protocol/pubsub#node_config', [])}</configure>`,
          true,
        ),
        'config-node',
      ],
      ['set', pubsub(`<purge ${at}/>`, true), 'purge-nodes'],
    ];
    for (const who of [owner, toad])
      for (const [type, payload, feature] of asked)
        await world.refused(who, type, channel, payload, 'feature-not-implemented', `unsupported ${feature}`);
  },
);

test('PUBSUB-27: nobody gets a list of subscribers or of affiliations', async () => {
  const { world, channel, owner, newt } = await openCoven();
  for (const who of [owner, newt])
    for (const type of ['get', 'set'])
      for (const [verb, feature] of [
        ['subscriptions', 'manage-subscriptions'],
        ['affiliations', 'modify-affiliations'],
      ] as const) {
        const asked = pubsub(`<${verb} node='${NODES.info}'/>`, true);
        await world.refused(who, type, channel, asked, 'feature-not-implemented', `unsupported ${feature}`);
      }
});

test('PUBSUB-31: one thing is asked at a time, and something is', async () => {
  const { world, channel, owner } = await openCoven();
  const publish = `<publish node='${NODES.info}'><item>${form('urn:xmpp:mix:core:1', [['Name', 'x']])}</item></publish>`;
  for (const type of ['get', 'set'])
    for (const inner of [COUNTER + publish, publish + publish, COUNTER + COUNTER, ''])
      await world.refused(owner, type, channel, pubsub(inner), 'bad-request');
});

test('PUBSUB-32: the service itself has no nodes', async () => {
  const { world, owner, toad } = await openCoven();
  for (const who of [owner, toad])
    for (const [type, payload] of [
      ['get', pubsub(COUNTER)],
      ['set', pubsub(`<subscribe node='${NODES.info}' jid='${who.bare}'/>`)],
      ['get', pubsub('<subscriptions/>')],
      ['set', pubsub(`<delete node='${NODES.info}'/>`, true)],
    ] as const)
      await world.refused(who, type, SERVICE, payload, 'service-unavailable');
  const about = await world.result(
    toad,
    'get',
    SERVICE,
    `<query xmlns='http://jabber.org/protocol/disco#info'/>`,
  );
  expect(
    all(about, 'feature')
      .map(({ attrs }) => attrs['var'])
      .filter((name) => name?.includes('pubsub')),
  ).toEqual([]);
});
