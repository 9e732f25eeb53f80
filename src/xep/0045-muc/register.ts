/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7.10: registering a nick with a room, by jabber:iq:register.
 * Shows the form with the one field that there is, and registers.
 * Does not keep nicks of its own: they are those of XEP-0407 §3, which an account has in all channels.
 * Always: no answer says whose a nick is (D-24).
 * Before: service/router.ts. After: xep/0407-misc/service.ts.
 */
import { refuse } from '../../refusal.ts';
import { child, el } from '../../xml/element.ts';
import { buildForm, field, isSubmission, NS as FORMS, parseForm, singleValue } from '../0004-forms/wire.ts';
import { registerNick } from '../0407-misc/service.ts';
import type { ChannelAddress, Env, IqHandler, Later, Reply, Request } from '../extension.ts';
import type { Turn } from '../../channel/turn.ts';

export const NS_REGISTER = 'jabber:iq:register';
const FORM_TYPE = 'http://jabber.org/protocol/muc#register';
const NICK = 'muc#register_roomnick';

export const register: IqHandler = {
  on: 'channel',
  types: ['get', 'set'],
  ns: NS_REGISTER,
  name: 'query',
  run: (request, turn, env) => (request.type === 'get' ? show(request, turn) : submit(request, env)),
};

function show({ from }: Request<ChannelAddress>, { reserved }: Turn): Reply {
  const nick = reserved.nickOf(from.bare);
  const known =
    nick === undefined ? [] : [el('registered', NS_REGISTER), el('username', NS_REGISTER, {}, [nick])];
  const form = buildForm({
    type: 'form',
    formType: FORM_TYPE,
    fields: [
      {
        ...{ var: NICK, type: 'text-single', label: 'Your nick, in all channels of this service' },
        ...{ values: nick === undefined ? [] : [nick], required: true },
      },
    ],
  });
  return { payload: el('query', NS_REGISTER, {}, [...known, form]) };
}

function submit({ from, payload }: Request<ChannelAddress>, env: Env): Later {
  if (child(payload, 'remove') !== undefined)
    throw refuse('feature-not-implemented', 'A nick can be exchanged for another one, but not given back.');
  const x = child(payload, 'x', FORMS);
  const form = x && parseForm(x);
  const asked = form !== undefined && isSubmission(form, FORM_TYPE) ? field(form, NICK) : undefined;
  const nick = asked && singleValue(asked);
  if (nick === undefined) throw refuse('bad-request', 'A nick is registered.');
  return async () => {
    await registerNick(from, nick, env);
    return {};
  };
}
