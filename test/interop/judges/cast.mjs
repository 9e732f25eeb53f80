/**
 * Who judges: four clients, made by three libraries.
 * Owns which library gets to the server in which way, and resources that occur nowhere else.
 * Does not know the acts (judges.mjs, secure.mjs).
 * Always: the same place in the list is the same library, account and way.
 * Before: xmppjs.mjs, stanza.mjs, strophe.mjs. After: judges.mjs, secure.mjs.
 */
import { StanzaJs } from './stanza.mjs';
import { StropheJs } from './strophe.mjs';
import { XmppJs } from './xmppjs.mjs';

const KINDS = [
  { Kind: XmppJs, way: 'tcp', resource: 'benchres-tc1' },
  { Kind: StanzaJs, way: 'webSocket', resource: 'gavelres-st2' },
  { Kind: StropheJs, way: 'webSocket', resource: 'wigres-sp3' },
  { Kind: XmppJs, way: 'webSocket', resource: 'roberes-ws4' },
];

/** `services` are the addresses for each way; `accounts` are four names. */
export function makeCast({ services, accounts, password }) {
  function make(index, more = {}) {
    const { Kind, way, resource } = KINDS[index];
    return new Kind({ service: services[way], resource, account: accounts[index], password, ...more });
  }
  const judges = KINDS.map((_, index) => make(index));
  const after = (judge) => (judges.indexOf(judge) + 1) % judges.length;
  return {
    judges,
    next: (judge) => judges[after(judge)],
    /** Another client of the same account, made by the next library. */
    twin: (judge) => make(after(judge), { account: judge.account, resource: `twin-of-${judge.resource}` }),
    /** Another client of the same account, made by the same library, over another port. */
    again(judge, port) {
      const service = services[KINDS[judges.indexOf(judge)].way].replace(/:\d+/, `:${port}`);
      return make(judges.indexOf(judge), { service, resource: `again-${judge.resource}` });
    },
    stranger: () => KINDS.map((_, index) => make(index, { password: 'not the password' })),
  };
}

export async function logOutAll(judges) {
  for (const judge of judges) await judge.logOut();
}
