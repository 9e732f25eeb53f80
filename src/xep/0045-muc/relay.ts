/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7.5 and XEP-0410 MUC Self-Ping 1.1.0 (2019-09-25): requests to CH/nick.
 * Answers a client that asks whether it is still in the room; passes on what may pass (D-59), and the answers.
 * Does not decide what passes (channel/relay.ts).
 * Always: a client that is not in the room learns that, and nothing of anybody (XEP-0410 §3.2).
 * Before: service/router.ts. After: xep/0403-presence/relay.ts.
 */
import { occupantNamed, shownSession } from '../../channel/occupancy.ts';
import { requireOccupant } from '../../channel/occupant.ts';
import type { Turn } from '../../channel/turn.ts';
import { refuse } from '../../refusal.ts';
import { isNamed } from '../../xml/element.ts';
import { NS as PING } from '../0199-ping/wire.ts';
import { answer, isAboutAccount, passOn } from '../0403-presence/relay.ts';
import type { Env, OccupantAddress, Relay, Reply, Request } from '../extension.ts';

export const relay: Relay<OccupantAddress> = { ask, answer };

function ask(request: Request<OccupantAddress>, turn: Turn, env: Env): Reply {
  const { from, to, type, payload } = request;
  const session = requireOccupant(turn, from, 'cancel');
  const id = occupantNamed(turn.channel, to.nick);
  if (id === undefined) throw refuse('item-not-found', 'Nobody of this nick is in the room.');
  if (id === session.id && type === 'get' && isNamed(payload, 'ping', PING)) return {};
  // A card is the account's; everything else is asked of the client that is shown.
  const resource = isAboutAccount(request) ? undefined : shownSession(turn.channel, id)?.anonymous;
  if (resource === undefined && !isAboutAccount(request))
    throw refuse('service-unavailable', 'There is no client that could be asked.');
  return passOn(request, { id, resource }, turn, env);
}
