/**
 * Hidden channels with somebody in them who must not be found out.
 * Makes the scene that the leak tests share: `one` hides, `two` takes part, `outsider` does not.
 * Does not know what is a leak: the kit of anon/ searches everything that anybody receives.
 * Always: `one` and `two` are at servers of their own, and every part of an address occurs nowhere else.
 * Before: test/conformance/anon/kit.ts. After: test/conformance/leak/messages.test.ts.
 */
import { openWorld, type Person, type World } from '../anon/kit.ts';

export * from '../anon/kit.ts';

export interface Scene {
  readonly world: World;
  readonly owner: Person;
  readonly admin: Person;
  readonly one: Person;
  readonly two: Person;
  readonly outsider: Person;
  readonly channel: string;
  readonly oneId: string;
  readonly twoId: string;
}

/** The modes in which `one`, who said nothing, is hidden. */
export const HIDING = ['jid-hidden', 'jid-maybe-visible'] as const;

/** `one` and `two` take part, owner and administrator do not; nobody shows presence. */
export async function hide(
  mode: string = 'jid-hidden',
  options: Readonly<Record<string, string | readonly string[]>> = {},
): Promise<Scene> {
  const world = await openWorld();
  const names = ['owner', 'admin', 'one', 'two', 'outsider'];
  const [owner, admin, one, two, outsider] = (await world.cast(...names)) as [
    Person,
    Person,
    Person,
    Person,
    Person,
  ];
  const channel = await owner.create('coven', {
    Administrator: admin.bare,
    'JID Visibility': mode,
    ...options,
  });
  const twoId = await two.join(channel);
  const oneId = await one.join(channel);
  world.mark();
  return { world, owner, admin, one, two, outsider, channel, oneId, twoId };
}

/** The address under which the others see a client that has just appeared. */
export async function appearAs(
  client: Person,
  witness: Person,
  channel: string,
  content = '',
): Promise<string> {
  await client.appear(channel, content);
  return witness.heard('presence').at(-1)?.attrs['from'] ?? '';
}
