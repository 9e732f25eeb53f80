"""
The acts about the order in a room: its form, its lists, invitations, kick, ban, a change of mode (XEP-0045 §7.8, §8-10).
Owns what is checked of the owner's answers, and of what the guests are told.
Does not check how messages travel (acts_room.py).
Always: the answers to owners that rightly hold addresses are exempt from the search for addresses, by their ids.
Before: guests.py, stage.py, report.py, wire.py. After: rooms.py.
"""

from slixmpp import JID
from slixmpp.exceptions import IqError, PresenceError

from acts_hidden import set_mode
from acts_room import archive
from guests import USER, codes, come_in, go_out, item, occupant_id, presence_at, told_by_room
from report import check
from wire import ANON, CLIENT, NODES, body, condition, features, form, shown_jids


async def exempt(person, asking):
    """The answer; the stanzas that came with it may hold addresses."""
    since = person.mark()
    answer = await asking
    person.exempt += [stanza.get('id') for stanza in person.inbox[since:] if stanza.tag == f'{CLIENT}iq']
    return answer


async def refused(asking):
    """The condition of the refusal, or '' when there was none."""
    try:
        await asking
    except IqError as error:
        return condition(error.iq.xml)
    except PresenceError as error:
        return condition(error.presence.xml)
    return ''


async def configure(stage):
    owner, birnam, room = stage.owner, stage.birnam, stage.room
    muc = owner.muc
    config = await exempt(owner, muc.get_room_config(room, timeout=10))
    values = config.get_values()
    check(values.get('muc#roomconfig_whois') == 'moderators' and values.get('muc#roomconfig_membersonly') is False
          and [str(jid) for jid in values.get('muc#roomconfig_roomowners')] == [owner.bare],
          "slixmpp reads the room's form", 'MUC-29', config.xml)
    refusal = await refused(birnam.muc.get_room_config(room, timeout=10))
    check(refusal == 'forbidden/auth', 'which a guest is refused', 'MUC-29', refusal)
    since = birnam.mark()
    config.set_values({'muc#roomconfig_roomname': 'Heath', 'muc#roomconfig_membersonly': True,
                       'muc#roomconfig_allowinvites': True})
    await muc.set_room_config(room, config, timeout=10)
    told = await birnam.until('the change', told_by_room(stage, 104), since)
    check(codes(told) == {104}, 'slixmpp changes it, and the guest is told that it has changed', 'MUC-13', told)
    about = await birnam['xep_0030'].get_info(jid=stage.channel, cached=False, timeout=10)
    check('muc_membersonly' in features(about.xml), 'the room is for members now', 'MUC-07', about.xml)


async def lists(stage):
    owner, birnam, room = stage.owner, stage.birnam, stage.room
    owners = await exempt(owner, owner.muc.get_affiliation_list(room, 'owner', timeout=10))
    check([str(jid) for jid in owners] == [owner.bare], 'slixmpp lists the owners for an owner', 'MUC-29', owners)
    refusals = [await refused(birnam.muc.get_affiliation_list(room, name, timeout=10))
                for name in ('owner', 'admin', 'member', 'outcast')]
    check(refusals == ['forbidden/auth'] * 4, 'a guest is refused every list', 'MUC-29', refusals)
    await owner.muc.set_affiliation(room, 'admin', jid=JID(stage.seat(birnam)), timeout=10)
    admins = await exempt(owner, owner.muc.get_affiliation_list(room, 'admin', timeout=10))
    check([str(jid) for jid in admins] == [birnam.bare], 'an owner makes an administrator of a nick', 'MUC-29', admins)
    own = await birnam.until('its new standing', lambda stanza: item(stanza).get('affiliation') == 'admin')
    check(item(own).get('role') == 'moderator' and 'jid' not in item(own), 'who is told so', 'MUC-12', own)
    seen = [stanza for stanza in stage.dunsinane.received(presence_at(stage.seat(birnam)))]
    check(all(item(stanza).get('affiliation') in ('member', 'none') for stanza in seen),
          'and nobody else', 'MUC-12', seen)
    await owner.muc.set_affiliation(room, 'member', jid=JID(stage.seat(birnam)), timeout=10)


async def invite(stage):
    """Out of a room that is for members now, and in again by an invitation of a guest."""
    owner, birnam, dunsinane, room = stage.owner, stage.birnam, stage.dunsinane, stage.room
    since = birnam.mark()
    check(dunsinane.nick in birnam.muc.get_roster(room), 'closing the room put nobody out', 'MUC-07',
          birnam.muc.get_roster(room))
    await go_out(stage, dunsinane)
    await birnam.until('his end', presence_at(stage.seat(dunsinane), 'unavailable'), since)
    refusal = await refused(come_in(stage, dunsinane))
    check(refusal == 'registration-required/auth', 'who is no member may not enter', 'MUC-07', refusal)
    since = dunsinane.mark()
    birnam.muc.invite(room, JID(dunsinane.bare), 'Come and see')
    heard = await dunsinane.until('the invitation', lambda stanza: stanza.find(f'{USER}x/{USER}invite') is not None, since)
    invitation = heard.find(f'{USER}x/{USER}invite')
    check(heard.get('from') == stage.channel and invitation.get('from') == stage.seat(birnam)
          and invitation.findtext(f'{USER}reason') == 'Come and see',
          'an invitation reaches him through the room, and names the inviter by room/nick', '', heard)
    check(dunsinane.fired['groupchat_invite'] == 1, 'slixmpp takes it for an invitation', '', dunsinane.fired)
    own, *_rest = await come_in(stage, dunsinane)
    check(occupant_id(own.xml) == dunsinane.participant, 'and with it he enters, as who he was', 'MUC-07 MUC-15', own.xml)
    members = await exempt(owner, owner.muc.get_affiliation_list(room, 'member', timeout=10))
    check({str(jid) for jid in members} == {birnam.bare, dunsinane.bare}, 'slixmpp lists those who were let in', 'MUC-29',
          members)


async def unmask(stage):
    """The owner makes addresses visible and hides them again. She who never wants hers shown is out before that."""
    owner, alice, birnam, dunsinane = stage.owner, stage.alice, stage.birnam, stage.dunsinane
    wish = form(ANON[1:-1], JID_Visibility='never')
    await alice.ask('set', stage.channel, f'<user-preference xmlns="{ANON[1:-1]}">{wish}</user-preference>')
    since = birnam.mark()
    answer = await set_mode(stage, 'jid-mandatory-visible')
    check(answer.get('type') == 'result', 'the owner makes addresses visible', 'MUC-13', answer)
    told = await birnam.until('the change', told_by_room(stage, 172), since)
    gone = await birnam.until('her end', presence_at(stage.seat(alice), 'unavailable'), since)
    check(birnam.inbox.index(gone) < birnam.inbox.index(told) and codes(told) == {104, 172} and codes(gone) == set(),
          'she who said never is gone before the guests are told of it, who are not told why', 'MUC-13 MUC-31', [gone, told])
    shown = await birnam.until('an address', lambda stanza: 'jid' in item(stanza)
                               and stanza.get('from') == stage.seat(dunsinane), since)
    check(item(shown)['jid'] == dunsinane.boundjid.full, 'and then the others see the addresses', 'MUC-11', shown)
    dunsinane.say(stage.channel, 'seen by all')
    await birnam.until('the message', body('seen by all'), since)
    since = birnam.mark()
    answer = await set_mode(stage, 'jid-hidden')
    told = await birnam.until('the change', told_by_room(stage, 173), since)
    check(answer.get('type') == 'result' and codes(told) == {104, 173}, 'the owner hides them again', 'MUC-13', told)
    again = await birnam.until('a presence', presence_at(stage.seat(dunsinane)), since)
    check('jid' not in item(again), 'and from then on no address is shown', 'MUC-12', again)
    results = await archive(stage, birnam)
    check(bool(results) and not any('jid' in item for result in results for item in
                                    [found.attrib for found in result.iter(f'{USER}item')])
          and not any(shown_jids(result) for result in results),
          'and the archive shows none, not even of what was said in between', 'MUC-19 MUC-20', results)


async def put_out(stage):
    owner, birnam, dunsinane, room = stage.owner, stage.birnam, stage.dunsinane, stage.room
    since = dunsinane.mark()
    await owner.muc.set_role(room, dunsinane.nick, 'none', reason='Enough', timeout=10)
    gone = await dunsinane.until('the end', presence_at(stage.seat(dunsinane), 'unavailable', 307), since)
    check(codes(gone) == {110, 307} and gone.findtext(f'{USER}x/{USER}item/{USER}reason') == 'Enough',
          'slixmpp puts a guest out, who is told why', 'MUC-30', gone)
    await come_in(stage, dunsinane)
    check(dunsinane.nick in dunsinane.muc.get_roster(room), 'a kick is no ban', 'MUC-30', dunsinane.muc.get_roster(room))
    since, earlier = dunsinane.mark(), birnam.mark()
    banned = f'<pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="{NODES}banned">' \
             f'<item id="{dunsinane.participant}#{stage.channel}"/></publish></pubsub>'
    answer = await owner.ask('set', stage.channel, banned)
    check(answer.get('type') == 'result', 'the owner bans a guest by MIX, knowing the id only', 'MUC-30', answer)
    gone = await dunsinane.until('the end', presence_at(stage.seat(dunsinane), 'unavailable', 301), since)
    check(codes(gone) == {110, 301} and item(gone) == {'affiliation': 'outcast', 'role': 'none'},
          'who is told so', 'MUC-30', gone)
    seen = await birnam.until('his end', presence_at(stage.seat(dunsinane), 'unavailable', 301), earlier)
    check(codes(seen) == {301}, 'as are those who stay', 'MUC-30', seen)
    refusal = await refused(come_in(stage, dunsinane))
    check(refusal == 'forbidden/auth', 'and may not enter', 'MUC-07', refusal)
    outcasts = await exempt(owner, owner.muc.get_affiliation_list(room, 'outcast', timeout=10))
    check([str(jid) for jid in outcasts] == [dunsinane.bare], 'slixmpp finds him on the list of the banned', 'MUC-29', outcasts)


async def close_room(stage):
    owner, birnam = stage.owner, stage.birnam
    since = birnam.mark()
    await owner.muc.destroy(stage.room, 'Hover through the fog', timeout=10)
    gone = await birnam.until('the end', presence_at(stage.seat(birnam), 'unavailable'), since)
    farewell = gone.find(f'{USER}x/{USER}destroy')
    check(farewell is not None and farewell.findtext(f'{USER}reason') == 'Hover through the fog',
          'slixmpp ends the room, and a guest is told so', 'MUC-32', gone)
