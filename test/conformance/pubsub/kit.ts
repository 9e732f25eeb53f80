/**
 * What the tests of conformance/pubsub, mam and gen share.
 * Owns the channel in which most rows are played, with everybody whom they speak of.
 * Does not send or check anything by itself (world.ts).
 * Always: owner and administrator take no part, toad and newt do, the stranger has no rights.
 * Before: test/conformance/pubsub/world.ts. After: test/conformance/pubsub/items.test.ts.
 */
import { NODES, openWorld, type Person, type World, type WorldOptions } from './world.ts';
import { form, publish } from './xml.ts';

export * from './world.ts';
export * from './xml.ts';

/** A channel with everybody whom the rows speak of. */
export interface Coven {
  readonly world: World;
  readonly channel: string;
  /** Owner and administrator; neither takes part. */
  readonly owner: Person;
  readonly admin: Person;
  readonly toad: Person;
  readonly newt: Person;
  /** Somebody without any rights. */
  readonly stranger: Person;
}

/** The channel is made with these options; toad and newt take part. */
export async function openCoven(
  config: readonly (readonly string[])[] = [],
  options: WorldOptions = {},
): Promise<Coven> {
  const world = await openWorld(options);
  const [owner, admin, toad, newt, stranger] = await Promise.all(
    ['owner', 'admin', 'toad', 'newt', 'stranger'].map((name) => world.person(name)),
  );
  if (!owner || !admin || !toad || !newt || !stranger) throw new Error('somebody is missing');
  const channel = await world.create(owner, 'coven', [['Administrator', admin.bare], ...config]);
  await world.join(toad, channel);
  await world.join(newt, channel);
  return { world, channel, owner, admin, toad, newt, stranger };
}

export async function configure(
  { world, channel, owner }: Coven,
  fields: readonly (readonly string[])[],
): Promise<void> {
  await world.result(owner, 'set', channel, publish(NODES.config, form('urn:xmpp:mix:admin:0', fields)));
}

/** Bans or allows. */
export async function list(
  { world, channel, admin }: Coven,
  node: 'banned' | 'allowed',
  ...ids: readonly string[]
): Promise<void> {
  for (const id of ids) await world.result(admin, 'set', channel, publish(NODES[node], '', id));
}
