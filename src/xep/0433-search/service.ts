/**
 * XEP-0433 Extended Channel Search 0.1.0 (2020-02-27): finding channels, at the service.
 * Answers the question for the form, and searches.
 * Does not say which channels may be found (storage/store.ts's listChannels, XEP-0369 §6.2).
 * Always: only listed channels that the asker may join, each once; a description only where the asker may read it; a
 * channel that hides addresses is called semi-anonymous, for a room shows everybody or nobody (D-83).
 * Before: service/router.ts. After: storage/store.ts.
 */
import { channelJid } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { UnknownItem, type ListedChannel } from '../../storage/store.ts';
import { cut } from '../0059-rsm/paging.ts';
import { buildRsm } from '../0059-rsm/wire.ts';
import type { Env, Extension, Reply, Request } from '../extension.ts';
import {
  buildResult,
  buildSearchForm,
  NS,
  parseSearch,
  TYPES,
  type FoundChannel,
  type Search,
} from './wire.ts';

/** How many channels are looked at, at most, for one search. */
const SEARCHED_MAX = 10_000;
/** Wide enough for an item's elements. */
const AROUND_BYTES = 400;

export const search: Extension = {
  iq: [{ on: 'service', types: ['get'], ns: NS, name: 'search', run: answer }],
  features: [{ on: 'service', feature: NS }],
};

async function answer({ payload, from }: Request, env: Env): Promise<Reply> {
  const asked = parseSearch(payload);
  if (asked === undefined) return { payload: buildSearchForm() };
  const { domain, limits } = env.settings;
  const [type] = asked.types.length === 0 ? [] : TYPES.filter((each) => asked.types.includes(each));
  const all = type === undefined ? [] : await matching(asked, from, env);
  const named = all.map((channel) => ({ id: channelJid(channel.name, domain), channel }));
  const bounds = { itemsMax: limits.pageItemsMax, bytesMax: limits.stanzaBytesMax / 2 };
  const { items, answer: set } = cut(named, asked.page, bounds, ({ id, channel: { title, description } }) => {
    return AROUND_BYTES + 3 * (id.length + (title?.length ?? 0) + (description?.length ?? 0));
  });
  const found = items.map(({ id, channel }): FoundChannel => ({
    address: id,
    name: channel.title ?? channel.name,
    description: channel.description,
    type: type ?? 'xep-0369',
    isOpen: channel.isOpen,
    showsAddresses: channel.mode === 'jid-visible',
  }));
  return { payload: buildResult(found, set && buildRsm(set)) };
}

/** In the order of their names. */
async function matching(asked: Search, asker: RealJid, { store, settings }: Env): Promise<ListedChannel[]> {
  const found: ListedChannel[] = [];
  let after: ListedChannel['name'] | undefined;
  for (let seen = 0; seen < SEARCHED_MAX;) {
    const page = await nextPage();
    for (const channel of page.map(readable))
      if (matches(channel, asked, settings.domain)) found.push(channel);
    seen += page.length;
    after = page.at(-1)?.name;
    if (page.length < settings.limits.pageItemsMax) break;
  }
  return found;

  async function nextPage(): Promise<readonly ListedChannel[]> {
    try {
      return (await store.listChannels(asker, { max: settings.limits.pageItemsMax, after })).items;
    } catch (error) {
      // The last one of the page before has gone meanwhile.
      if (error instanceof UnknownItem) return [];
      throw error;
    }
  }
}

/** Whoever may join may read what is for those who are allowed; what is for participants is not for a search. */
function readable(channel: ListedChannel): ListedChannel {
  const isOpen =
    channel.informationSubscription === 'anyone' || channel.informationSubscription === 'allowed';
  return isOpen ? channel : { ...channel, description: undefined };
}

/** Does every word stand somewhere? */
function matches(channel: ListedChannel, asked: Search, domain: string): boolean {
  const texts = [
    asked.inName ? (channel.title ?? channel.name) : '',
    asked.inDescription ? (channel.description ?? '') : '',
    asked.inAddress ? channelJid(channel.name, domain) : '',
  ].map((text) => text.toLowerCase());
  return asked.words?.every((word) => texts.some((text) => text.includes(word))) ?? true;
}
