"""
The acts in a room: found, entered, spoken in, one to one, renamed, left (XEP-0045 §6-7 through XEP-0408, 0410, 0421, 0313).
Owns what is checked of each thing that a client of rooms gets, and of what those at MIX get of it.
Does not touch the order in the room (acts_order.py) nor look at the raw tape (acts_hidden.py).
Always: an act leaves behind what its name says, so that the next one can build on it.
Before: guests.py, stage.py, report.py, wire.py. After: rooms.py.
"""

import asyncio

from slixmpp import JID
from slixmpp.exceptions import IqError

from acts_talk import Page, careless
from guests import USER, codes, come_in, go_out, item, move, occupant_id, presence_at
from report import check
from stage import appear, is_groupchat, join, leave, service_is_up
from wire import (
    CLIENT, CORE, INFO, MAM, SID, body, condition, features, identities, node_event, presence_of, shown_jids,
)

DELAY = '{urn:xmpp:delay}'


async def open_room(stage):
    """The owner makes the channel, and alice joins, both by MIX."""
    await service_is_up(stage.owner, stage.service)
    await stage.owner['xep_0369'].create_channel(JID(stage.service), stage.channel_name, timeout=10)
    for person in (stage.owner, stage.alice):
        await join(stage, person)
        appear(stage, person)
    info = await stage.birnam['xep_0030'].get_info(jid=stage.service, cached=False, timeout=10)
    check('conference/text' in identities(info.xml) and 'http://jabber.org/protocol/muc' in features(info.xml),
          'slixmpp finds a service of rooms', 'MUC-01', info.xml)
    listed = await stage.birnam['xep_0030'].get_items(jid=stage.service, timeout=10)
    check(stage.channel in {row[0] for row in listed['disco_items']['items']},
          'and the channel among its rooms', 'MUC-05', listed.xml)
    about = await stage.birnam['xep_0030'].get_info(jid=stage.channel, cached=False, timeout=10)
    check({'muc_semianonymous', 'muc_open', 'urn:xmpp:occupant-id:0', 'urn:xmpp:mam:2'} <= features(about.xml),
          'the room says that it hides addresses, knows occupants by ids and has an archive', 'MUC-12 MUC-14', about.xml)


async def enter(stage):
    birnam, alice, owner = stage.birnam, stage.alice, stage.owner
    since, earlier = birnam.mark(), alice.mark()
    own, subject, others, said = await come_in(stage, birnam)
    birnam.participant = occupant_id(own.xml)
    check(str(own['from']) == stage.seat(birnam) and codes(own.xml) == {110},
          'slixmpp enters; its own presence has the status 110, and no 100', 'MUC-10 MUC-12', own.xml)
    check({str(presence['from']) for presence in others} == {stage.seat(alice), stage.seat(owner), stage.seat(birnam)}
          and set(birnam.muc.get_roster(stage.room)) == {alice.nick, owner.nick, birnam.nick},
          'those who are there by MIX are in its list of occupants', 'MUC-10', [other.xml for other in others])
    check({occupant_id(presence.xml) for presence in others} == {alice.participant, owner.participant, birnam.participant},
          'their occupant ids are their stable participant ids', 'MUC-14', [other.xml for other in others])
    check(not any('jid' in item(presence.xml) for presence in others), 'no item has an address, nor does its own', 'MUC-12',
          [other.xml for other in others])
    check(said == [] and subject['subject'] == '', 'nothing was said before, and the subject is empty', 'MUC-28', subject.xml)
    presences = [stanza for stanza in birnam.inbox[since:] if stanza.tag == f'{CLIENT}presence'
                 and stanza.get('from', '').startswith(stage.channel)]
    check(presences[-1] is not None and 110 in codes(presences[-1]), 'its own presence comes after those of the others',
          'MUC-10', presences)
    event = await alice.until("the newcomer's item", node_event('participants', 'item', birnam.participant), earlier)
    check(event.findtext(f'.//{CORE}participant/{CORE}nick') == birnam.nick and not shown_jids(event),
          'those at MIX are told of the guest as of a participant, by nick and without an address', 'MUC-17', event)
    seen = await alice.until("the guest's presence", presence_of(birnam.participant, stage.channel), earlier)
    birnam.shown_as = seen.get('from')


async def clash(stage):
    """A nick of somebody at MIX is taken for guests too."""
    stranger = stage.dunsinane
    since = stranger.mark()
    presence = stranger.make_presence(pto=f'{stage.channel}/first WITCH')
    presence.enable('muc_join')
    presence.send()
    refusal = await stranger.until('a refusal', lambda stanza: condition(stanza).startswith('conflict'), since)
    check(condition(refusal) == 'conflict/cancel', "a nick of somebody at MIX is no guest's", 'MUC-08', refusal)


async def talk(stage):
    alice, birnam, owner = stage.alice, stage.birnam, stage.owner
    own = alice.say(stage.channel, 'who comes here', more=careless(alice))
    heard = await birnam.until('what was said by MIX', body('who comes here'))
    copy = await owner.until('its copy', body('who comes here'))
    check(heard.get('from') == stage.seat(alice) and heard.get('type') == 'groupchat' and heard.find(f'{CORE}mix') is None
          and occupant_id(heard) == alice.participant, 'what is said by MIX reaches the guest from room/nick, without <mix/>',
          'MUC-16', heard)
    check(stamps(stage, heard) == [copy.get('id')] and own != copy.get('id'),
          'under the id that it has for all', 'MUC-18', heard)
    own = birnam.say(stage.channel, 'a wood that walks', more=careless(birnam), id='own-birnam')
    heard = await alice.until('what was said in the room', body('a wood that walks'))
    check(is_groupchat(stage, birnam)(heard) and heard.findtext(f'{CORE}mix/{CORE}nick') == birnam.nick
          and not shown_jids(heard), 'what the guest says reaches those at MIX in the form of MIX', 'MUC-17', heard)
    echo = await birnam.until('its echo', body('a wood that walks'))
    check(echo.get('id') == own and stamps(stage, echo) == [heard.get('id')] and echo.get('from') == stage.seat(birnam),
          'and comes back to it under its own id, with the stamp of the archive', 'MUC-18', echo)
    check(birnam.fired['groupchat_message'] >= 2, 'slixmpp takes both for messages of a room', 'MUC-16', birnam.fired)


def stamps(stage, message):
    return [stamp.get('id') for stamp in message.findall(f'{SID}stanza-id') if stamp.get('by') == stage.channel]


async def whisper(stage):
    alice, birnam, owner = stage.alice, stage.birnam, stage.owner
    since = owner.mark()
    birnam.say(stage.seat(alice), 'a word in your ear', kind='chat', more=f'<x xmlns="{USER[1:-1]}"/>' + careless(birnam))
    heard = await alice.until('the private message', body('a word in your ear'))
    check(heard.get('from') == birnam.shown_as and heard.get('type') == 'chat',
          "a guest's private message comes from its encoded address", 'MUC-22', heard)
    alice.say(heard.get('from'), 'speak, I hear', kind='chat', more=careless(alice))
    answer = await birnam.until('the answer', body('speak, I hear'))
    check(answer.get('from') == stage.seat(alice) and answer.get('type') == 'chat',
          'an answer from MIX reaches the guest from room/nick', 'MUC-22', answer)
    since_refusal = birnam.mark()
    birnam.say(f'{stage.channel}/Nobody', 'is anybody there', kind='chat')
    refusal = await birnam.until('a refusal', lambda stanza: stanza.get('type') == 'error', since_refusal)
    check(condition(refusal) == 'item-not-found/cancel', 'to a nick of nobody it is refused', 'MUC-22', refusal)
    check(not owner.received(lambda stanza: 'word in your ear' in (stanza.findtext(f'{CLIENT}body') or ''), since),
          'nobody else heard it', 'MUC-22')


async def rename(stage):
    alice, birnam = stage.alice, stage.birnam
    before, since, earlier = stage.seat(birnam), birnam.mark(), alice.mark()
    move(stage, birnam, 'Great Birnam')
    birnam.nick = 'Great Birnam'
    gone = await birnam.until('the end of the old nick', presence_at(before, 'unavailable', 303), since)
    check(codes(gone) == {110, 303} and item(gone).get('nick') == birnam.nick, 'a guest takes another nick', '', gone)
    now = await birnam.until('the new nick', presence_at(stage.seat(birnam), None, 110), since)
    check(occupant_id(now) == birnam.participant, 'under the same occupant id', 'MUC-14', now)
    check(set(birnam.muc.get_roster(stage.room)) == {alice.nick, stage.owner.nick, birnam.nick},
          "slixmpp's list of occupants has the new nick and not the old one", '', birnam.muc.get_roster(stage.room))
    event = await alice.until('the new nick', node_event('participants', 'item', birnam.participant), earlier)
    check(event.findtext(f'.//{CORE}nick') == birnam.nick, 'those at MIX see it under the same id', 'MUC-17', event)
    before, since = stage.seat(alice), birnam.mark()
    alice.nick = await alice['xep_0369'].set_nick(stage.channel, 'Graymalkin', timeout=10)
    gone = await birnam.until('the end of the old nick', presence_at(before, 'unavailable', 303), since)
    now = await birnam.until('the new nick', presence_at(stage.seat(alice)), since)
    check(item(gone).get('nick') == alice.nick and occupant_id(now) == alice.participant,
          'and a guest sees the new nick of somebody at MIX', 'MUC-16', [gone, now])


async def self_ping(stage):
    birnam, dunsinane = stage.birnam, stage.dunsinane
    took = await birnam['xep_0199'].ping(JID(stage.seat(birnam)), timeout=10)
    check(took >= 0, "slixmpp's ping to its own room/nick is answered", 'MUC-24', took)
    try:
        await dunsinane['xep_0199'].send_ping(JID(stage.seat(dunsinane)), timeout=10)
        refusal = None
    except IqError as error:
        refusal = error.iq.xml
    check(refusal is not None and condition(refusal) == 'not-acceptable/cancel',
          'to whoever is not in the room it says so', 'MUC-24', refusal)


async def remember(stage):
    """History for a newcomer, and the archive in the two forms."""
    alice, birnam, dunsinane = stage.alice, stage.birnam, stage.dunsinane
    since = dunsinane.mark()
    own, _subject, _others, said = await come_in(stage, dunsinane, stanzas=20)
    dunsinane.participant = occupant_id(own.xml)
    texts = [message['body'] for message in said]
    check(texts == ['who comes here', 'a wood that walks'], 'a newcomer is told what was said before, in its order',
          'MUC-10', [message.xml for message in said])
    ids = [stamps(stage, message.xml)[0] for message in said if stamps(stage, message.xml)]
    live = [stanza.get('id') for stanza in alice.received(is_groupchat(stage))]
    check(ids == live and {occupant_id(message.xml) for message in said} == {alice.participant, birnam.participant},
          'with the ids that it was heard under, and the occupant ids of who said it', 'MUC-14 MUC-18',
          [message.xml for message in said])
    ends = [stanza for stanza in dunsinane.inbox[since:] if stanza.find(f'{CLIENT}subject') is not None]
    check(len(ends) == 1 and dunsinane.inbox.index(ends[0]) > max(
        dunsinane.inbox.index(stanza) for stanza in dunsinane.received(body('a wood that walks'), since)),
          'the subject comes after it', 'MUC-28', ends)
    of_guest, of_mix = await archive(stage, birnam), await archive(stage, alice)
    check([result.get('id') for result in of_guest] == [result.get('id') for result in of_mix] == live,
          'the archive has the same ids for a guest as for somebody at MIX', 'MUC-18 MUC-20', of_guest)
    forms = [result.find(f'.//{CLIENT}message') for result in of_guest]
    check([form.get('from') for form in forms] == [f'{stage.channel}/First Witch', f'{stage.channel}/Birnam']
          and not any(form.get('to') or form.find(f'{CORE}mix') is not None or form.find(f'.//{USER}item') is not None
                      for form in forms),
          'and gives the guest the form of a room: by nick, no to, no address', 'MUC-19 MUC-20', forms)
    forms = [result.find(f'.//{CLIENT}message') for result in of_mix]
    check([form.get('from') for form in forms] == [f'{stage.channel}/{alice.participant}', f'{stage.channel}/{birnam.participant}'],
          'and those at MIX the form of MIX', 'MUC-20', forms)


async def archive(stage, person):
    answer = await person['xep_0313'].retrieve(jid=stage.channel, rsm={'max': 50}, timeout=10)
    results = [message.xml.find(f'{MAM}result') for message in answer['mam']['results']]
    return Page(results, answer.xml.find(f'{MAM}fin')).results


async def change_sides(stage):
    """Who was there as a guest comes back by MIX, and is who he was."""
    dunsinane, alice, birnam = stage.dunsinane, stage.alice, stage.birnam
    id, since, earlier = dunsinane.participant, alice.mark(), birnam.mark()
    await go_out(stage, dunsinane)
    await alice.until('the retraction', node_event('participants', 'retract', id), since)
    gone = await birnam.until('the end', presence_at(stage.seat(dunsinane), 'unavailable'), earlier)
    check(codes(gone) == set(), 'a guest who goes is no participant any more, and occupants see that', 'MUC-21', gone)
    await join(stage, dunsinane)
    check(dunsinane.participant == id, 'by MIX he has the id that he had as a guest', 'MUC-15 MUC-14', dunsinane.participant)
    await leave(stage, dunsinane)
    own, *_rest = await come_in(stage, dunsinane)
    check(occupant_id(own.xml) == id, 'and as a guest again', 'MUC-15', own.xml)
