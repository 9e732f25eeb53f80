/**
 * What the host can do: the one list.
 * Names each request that is answered with the function that answers it, and the features that follow from them.
 * Does not answer anything itself.
 * Always: what is advertised is what is handled.
 * Before: host/iq.ts. After: host/disco.ts.
 */
import { NS_INFO, NS_ITEMS } from '../xep/0030-disco/wire.ts';
import { NS as NS_COMMANDS } from '../xep/0050-commands/wire.ts';
import { NS as NS_PUBSUB, NS_OWNER } from '../xep/0060-pubsub/wire.ts';
import { NS as NS_REGISTER } from '../xep/0077-register/wire.ts';
import { NS as NS_VERSION } from '../xep/0092-version/wire.ts';
import { FEATURES as PEP_FEATURES } from '../xep/0163-pep/wire.ts';
import { NS as NS_BLOCKING } from '../xep/0191-blocking/wire.ts';
import { NS as NS_PING } from '../xep/0199-ping/wire.ts';
import { NS as NS_CARBONS } from '../xep/0280-carbons/wire.ts';
import { NS as NS_VCARD4 } from '../xep/0292-vcard/wire.ts';
import { NS as NS_MAM } from '../xep/0313-mam/wire.ts';
import { NS as NS_IDS } from '../xep/0359-ids/wire.ts';
import { NS as NS_UPLOAD } from '../xep/0363-upload/wire.ts';
import { NS as NS_PAM } from '../xep/0405-pam/wire.ts';
import { block, getBlocklist, unblock } from './block-command.ts';
import { disableCarbons, enableCarbons } from './carbons.ts';
import { runCommand } from './commands.ts';
import type { Context } from './context.ts';
import { accountInfo, accountItems, hostInfo, hostItems, hostVersion, nothing } from './disco.ts';
import { bareText } from './envelope.ts';
import type { Answer, Handler, Request } from './iq.ts';
import { getMamForm, getMetadata, queryArchive } from './mam.ts';
import { clientJoin } from './pam/join.ts';
import { clientLeave } from './pam/leave.ts';
import type { PamPort, PamRequest } from './pam/port.ts';
import { answerPubsub } from './pep/requests.ts';
import { getRegistration, setRegistration } from './register.ts';
import { getRoster, setRoster } from './roster.ts';
import { NS_ROSTER } from './roster-push.ts';
import { askForSlot } from './upload-slots.ts';
import { getVcard, NS_VCARD, setVcard } from './vcard.ts';

const NS_SESSION = 'urn:ietf:params:xml:ns:xmpp-session';

export const handlers: readonly Handler[] = [
  { at: 'host', type: 'get', ns: NS_INFO, name: 'query', handle: hostInfo },
  { at: 'host', type: 'get', ns: NS_ITEMS, name: 'query', handle: hostItems },
  { at: 'host', type: 'get', ns: NS_PING, name: 'ping', handle: nothing },
  { at: 'host', type: 'get', ns: NS_VERSION, name: 'query', handle: hostVersion },
  { at: 'host', type: 'set', ns: NS_SESSION, name: 'session', handle: nothing },
  { at: 'host', type: 'get', ns: NS_REGISTER, name: 'query', handle: getRegistration },
  { at: 'host', type: 'set', ns: NS_REGISTER, name: 'query', handle: setRegistration },
  { at: 'host', type: 'set', ns: NS_COMMANDS, name: 'command', handle: runCommand },
  { at: 'host', type: 'get', ns: NS_UPLOAD, name: 'request', handle: askForSlot },
  { at: 'account', type: 'get', ns: NS_INFO, name: 'query', handle: accountInfo },
  { at: 'account', type: 'get', ns: NS_ITEMS, name: 'query', handle: accountItems },
  { at: 'account', type: 'get', ns: NS_PING, name: 'ping', isOwn: true, handle: nothing },
  { at: 'account', type: 'set', ns: NS_SESSION, name: 'session', isOwn: true, handle: nothing },
  { at: 'account', type: 'get', ns: NS_REGISTER, name: 'query', isOwn: true, handle: getRegistration },
  { at: 'account', type: 'set', ns: NS_REGISTER, name: 'query', isOwn: true, handle: setRegistration },
  { at: 'account', type: 'get', ns: NS_ROSTER, name: 'query', isOwn: true, handle: getRoster },
  { at: 'account', type: 'set', ns: NS_ROSTER, name: 'query', isOwn: true, handle: setRoster },
  { at: 'account', type: 'set', ns: NS_PAM, name: 'client-join', isOwn: true, handle: later(clientJoin) },
  { at: 'account', type: 'set', ns: NS_PAM, name: 'client-leave', isOwn: true, handle: later(clientLeave) },
  { at: 'account', type: 'get', ns: NS_MAM, name: 'query', isOwn: true, handle: getMamForm },
  { at: 'account', type: 'set', ns: NS_MAM, name: 'query', isOwn: true, handle: queryArchive },
  { at: 'account', type: 'get', ns: NS_MAM, name: 'metadata', isOwn: true, handle: getMetadata },
  { at: 'account', type: 'set', ns: NS_CARBONS, name: 'enable', isOwn: true, handle: enableCarbons },
  { at: 'account', type: 'set', ns: NS_CARBONS, name: 'disable', isOwn: true, handle: disableCarbons },
  { at: 'account', type: 'get', ns: NS_BLOCKING, name: 'blocklist', isOwn: true, handle: getBlocklist },
  { at: 'account', type: 'set', ns: NS_BLOCKING, name: 'block', isOwn: true, handle: block },
  { at: 'account', type: 'set', ns: NS_BLOCKING, name: 'unblock', isOwn: true, handle: unblock },
  { at: 'account', type: 'get', ns: NS_PUBSUB, name: 'pubsub', handle: answerPubsub },
  { at: 'account', type: 'set', ns: NS_PUBSUB, name: 'pubsub', isOwn: true, handle: answerPubsub },
  { at: 'account', type: 'get', ns: NS_OWNER, name: 'pubsub', isOwn: true, handle: answerPubsub },
  { at: 'account', type: 'set', ns: NS_OWNER, name: 'pubsub', isOwn: true, handle: answerPubsub },
  { at: 'account', type: 'get', ns: NS_VCARD, name: 'vCard', handle: getVcard },
  { at: 'account', type: 'set', ns: NS_VCARD, name: 'vCard', isOwn: true, handle: setVcard },
];

/** Beyond the namespaces: what they mean together. */
const meanings: Readonly<Record<string, readonly string[]>> = {
  [NS_PAM]: [`${NS_PAM}#archive`],
  [NS_PUBSUB]: [...PEP_FEATURES, NS_VCARD4],
  [NS_MAM]: [`${NS_MAM}#extended`, NS_IDS],
};

/** What accounts have, and clients look for at the host (XEP-0191 §3.1, XEP-0280 §3). */
const toldAtHost: readonly string[] = [NS_BLOCKING, NS_CARBONS];

/** What discovery tells about the host, or about each account. */
export function featuresAt(at: 'host' | 'account', hasUploads = true): readonly string[] {
  const offered = handlers.filter(({ ns }) => hasUploads || ns !== NS_UPLOAD);
  const namespaces = offered.filter((handler) => handler.at === at).map(({ ns }) => ns);
  const told = at === 'host' ? [...namespaces, ...toldAtHost] : namespaces;
  return [...new Set(told.flatMap((ns) => [ns, ...(meanings[ns] ?? [])]))].sort();
}

/** A rule of pam/ as a handler: it answers when the channel has answered. */
function later(
  rule: (port: PamPort, request: PamRequest) => void,
): (context: Context, request: Request) => Answer {
  return (context, request) => {
    const { envelope, payload, answer, answerError } = request;
    const id = envelope.stanza.attrs['id'] ?? '';
    rule(context.pam, { account: bareText(envelope.to), id, payload, answer, answerError });
    return 'later';
  };
}
