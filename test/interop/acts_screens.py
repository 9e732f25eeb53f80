"""
The acts before a screen: what Profanity and poezio show of a channel that hides addresses, and what is heard of them at MIX.
Owns what is looked for on the screens, and the pictures.
Does not know how a client is told something (screen_clients.py) nor the wire in detail (acts_room.py).
Always: an act that has a client is played by all of them at once; the others' screens are looked at too.
Before: screen_clients.py, stage.py, report.py, wire.py. After: screens.py.
"""

import re

from slixmpp import JID

from acts_hidden import set_mode
from report import check, note, picture
from stage import appear, is_groupchat, join, service_is_up
from wire import ANON, CORE, INFO, NODES, body, form, node_event, presence_of, shown_jids

BEFORE = 'said before they came'


async def open_channel(stage):
    """All three at MIX are in it; bob never wants his address shown."""
    owner, alice, bob = stage.owner, stage.alice, stage.bob
    await service_is_up(owner, stage.service)
    await owner['xep_0369'].create_channel(JID(stage.service), stage.channel_name, timeout=10)
    for person in (owner, alice, bob):
        await join(stage, person)
        appear(stage, person)
    wish = form(ANON[1:-1], JID_Visibility='never')
    await bob.ask('set', stage.channel, f'<user-preference xmlns="{ANON[1:-1]}">{wish}</user-preference>')
    alice.say(stage.channel, BEFORE)
    await owner.until('the first line', body(BEFORE))


async def look(client, heading):
    """Keeps what is to be seen."""
    screen = await client.terminal.screen()
    client.terminal.pictures.append(screen)
    picture(f'{client.name}: {heading}', screen)


async def arrive(stage, client):
    await client.start(stage.folder, stage.address[1], stage.ca_file)
    await client.shows('that it is connected', client.has_arrived)
    check(True, f'{client.name} {client.version} connects')


async def enter(stage, client):
    alice, since = stage.alice, stage.alice.mark()
    await client.enter(stage.channel)
    people = [client.is_there(person.nick) for person in (stage.owner, alice, stage.bob)]
    await client.shows('who is there', client.has_entered(), client.is_there(client.nick), *people)
    check(True, f'{client.name} enters and lists those who are there by MIX', 'MUC-10')
    await client.shows('what was said before', client.said(alice.nick, BEFORE))
    check(True, f'{client.name} shows what was said before it came', 'MUC-10')
    seen = await alice.until("the guest's item", lambda stanza: nick_in(stanza) == client.nick, since)
    client.participant = next(element.get('id') for element in seen.iter() if element.tag.endswith('}item'))
    shown = await alice.until("the guest's presence", presence_of(client.participant, stage.channel), since)
    client.shown_as = shown.get('from')
    check(not shown_jids(seen) and not shown_jids(shown), f'those at MIX see {client.name} come, by nick', 'MUC-17', [seen, shown])
    await look(client, 'it has entered')


def nick_in(stanza):
    return stanza.findtext(f'.//{CORE}participant/{CORE}nick')


async def talk(stage, client):
    alice, line = stage.alice, f'greetings from {client.name}'
    await client.type(line)
    heard = await alice.until('the line', body(line), limit=20)
    check(is_groupchat(stage, client)(heard) and heard.findtext(f'{CORE}mix/{CORE}nick') == client.nick
          and not shown_jids(heard), f'what is typed into {client.name} is heard at MIX', 'MUC-17', heard)
    answer = f'well met, {client.name}'
    alice.say(stage.channel, answer)
    for other in stage.clients:
        await other.shows(f'what {client.name} and MIX say', other.said(client.nick, line), other.said(alice.nick, answer))
    check(True, f'and shown by all clients, as is what is said at MIX to {client.name}', 'MUC-16')


async def whisper(stage, client):
    alice = stage.alice
    if client.gives_foreign_from and not stage.quirks.foreign_from_passed:
        note(f'{client.name} writes its address in the room as the sender of private messages, for which this server ends '
             'its stream: it only reads one here')
        to = client.shown_as
    else:
        line = f'a word from {client.name}'
        await client.whisper(alice.nick, line)
        heard = await alice.until('the private message', body(line), limit=20)
        to = heard.get('from')
        check(to == client.shown_as and heard.get('type') == 'chat',
              f'a private message of {client.name} reaches somebody at MIX', 'MUC-22', heard)
    answer = f'a word to {client.name}'
    alice.say(to, answer, kind='chat')
    await client.shows_whisper(alice.nick, answer)
    check(True, f'{client.name} shows a private message from MIX in a window of its own', 'MUC-22')
    await look(client, 'a private talk with somebody at MIX')
    await client.end_whisper(stage.channel)
    await client.shows('the room again', client.is_there(stage.owner.nick))


async def rename(stage, client):
    alice, since = stage.alice, stage.alice.mark()
    before, client.nick = client.nick, f'{client.nick}-2'
    await client.type(f'/nick {client.nick}')
    event = await alice.until('the new nick', node_event('participants', 'item', client.participant), since, limit=20)
    check(nick_in(event) == client.nick, f'another nick of {client.name} is seen at MIX, under the same id', 'MUC-14', event)
    for other in stage.clients:
        if other is not client:
            await other.shows('the other nick', f'{before} is now known as {client.nick}')
    check(True, f'and by the client beside {client.name}')


async def rename_at_mix(stage):
    before = stage.alice.nick
    stage.alice.nick = await stage.alice['xep_0369'].set_nick(stage.channel, 'Graymalkin', timeout=10)
    for client in stage.clients:
        await client.shows('the new nick', f'{before} is now known as Graymalkin', client.is_there('Graymalkin'))
        check(True, f'{client.name} shows the new nick of somebody at MIX', 'MUC-16')
        await look(client, 'talk, and new nicks on both sides')


async def come_back(stage, client):
    """Out, and in again: what was said meanwhile is there."""
    alice, since = stage.alice, stage.alice.mark()
    await client.leave()
    await alice.until('the retraction', node_event('participants', 'retract', client.participant), since, limit=20)
    check(True, f'when {client.name} leaves, those at MIX are told', 'MUC-21')
    line = f'said while {client.name} was out'
    alice.say(stage.channel, line)
    await alice.until('the line', body(line))
    await client.enter(stage.channel)
    await client.shows('what was said meanwhile', client.said(alice.nick, line), client.said('First Witch', BEFORE))
    check(True, f'{client.name} comes back, and shows what was said meanwhile', 'MUC-10 MUC-20')
    event = await alice.until("the guest's item", lambda stanza: nick_in(stanza) == client.nick, since)
    back = [element.get('id') for element in event.iter() if element.tag.endswith('}item')]
    check(back == [client.participant], f'{client.name} is who it was', 'MUC-15', event)
    await look(client, 'it was out and came back')


async def unmask(stage):
    """Addresses become visible and are hidden again: what do the clients say of it?"""
    profanity, poezio = stage.clients
    await set_mode(stage, 'jid-mandatory-visible')
    await poezio.shows('the change', 'The room is now not anonymous', f'{stage.bob.nick} has left the room')
    check(True, 'poezio warns that addresses are shown now, after he who said never has gone', 'MUC-13 MUC-31')
    screen = await profanity.shows('the owner as such', rf"{stage.owner.nick}'s role and affiliation have been changed")
    check(not re.search(profanity.is_there(stage.bob.nick), screen, re.MULTILINE),
          'profanity says nothing of the kind, but he who said never is out of its list', 'MUC-31', screen)
    for client in stage.clients:
        await look(client, 'addresses are shown')
    await set_mode(stage, 'jid-hidden')
    await poezio.shows('the change back', 'The room is now semi-anonymous')
    check(True, 'poezio says that they are hidden again', 'MUC-13')
    await look(poezio, 'addresses are hidden again')


async def keep_order(stage):
    """Profanity as an owner: the room's form and lists. That it sees owners' addresses there is right."""
    owner, alice, (profanity, poezio) = stage.owner, stage.alice, stage.clients
    make = '<query xmlns="http://jabber.org/protocol/muc#admin"><item nick="%s" affiliation="%s"/></query>'
    await owner.ask('set', stage.channel, make % (profanity.nick, 'owner'))
    await profanity.shows('that it is an owner', 'role: moderator, affiliation: owner')
    await profanity.type('/room config')
    await profanity.shows('the form', 'Form title: Configuration of the room', r'\[moderators\] owners and administrators')
    check(True, 'profanity shows the form of the room, with words for each choice', 'MUC-29')
    await look(profanity, 'the form of the room')
    await profanity.type('/field1 Forres')
    await profanity.shows('the name', r'\[field1\] Name: Forres')
    await profanity.type('/form submit')
    await profanity.shows('that it was taken', 'Room configuration successful')
    about = await alice['xep_0030'].get_info(jid=stage.channel, cached=False, timeout=10)
    names = {identity.get('name') for identity in about.xml.iter(f'{INFO}identity')}
    check(names == {'Forres'}, 'what it submits is what those at MIX find', 'MUC-29', about.xml)
    await profanity.type('/affiliation list owner')
    await profanity.shows('the owners', 'Affiliation: owner', re.escape(owner.bare))
    check(True, 'profanity lists the owners for an owner', 'MUC-29')
    await profanity.type('/subject set "What is afoot"')
    await profanity.shows('a refusal', 'The channel has no subject that could be changed')
    check(True, 'profanity shows why the subject cannot be changed', 'MUC-28')
    since = alice.mark()
    await profanity.type(f'/kick {poezio.nick} Order')
    await poezio.shows('that it was put out', poezio.was_put_out(stage.channel, 'kicked', 'Order'))
    await alice.until('the retraction', node_event('participants', 'retract', poezio.participant), since)
    check(True, 'profanity kicks poezio, and those at MIX see it go', 'MUC-30')
    await look(profanity, 'it has kept order')
    await poezio.return_to(stage.channel)
    await alice.until('its return', node_event('participants', 'item', poezio.participant), since, limit=20)
    await owner.ask('set', stage.channel, make % (profanity.nick, 'none'))
    await profanity.shows('that it is no owner', 'role: participant, affiliation: none')


async def put_out(stage, client):
    owner, alice = stage.owner, stage.alice
    kick = f'<item nick="{client.nick}" role="none"><reason>Enough</reason></item>'
    await owner.ask('set', stage.channel, f'<query xmlns="http://jabber.org/protocol/muc#admin">{kick}</query>')
    await client.shows('that it was put out', client.was_put_out(stage.channel, 'kicked', 'Enough'))
    check(True, f'{client.name} says that it was kicked, and why', 'MUC-30')
    since = alice.mark()
    await client.return_to(stage.channel)
    await alice.until('its return', node_event('participants', 'item', client.participant), since, limit=20)
    check(True, f'{client.name} may come back after that', 'MUC-30')
    item = f'<item id="{client.participant}#{stage.channel}"/>'
    await owner.ask('set', stage.channel, f'<pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="{NODES}banned">'
                    f'{item}</publish></pubsub>')
    await client.shows('that it was banned', client.was_put_out(stage.channel, 'banned', ''))
    check(True, f'{client.name} says that it was banned, by somebody at MIX who knows its id only', 'MUC-30')
    since = len(client.stanzas)
    await client.return_to(stage.channel)
    await client.receives('a refusal', r'<presence [^>]*type="error"[^>]*>.*<forbidden', since)
    await client.shows('that it is out', client.tells_of_refusal)
    inside = await alice['xep_0369'].list_participants(stage.channel, timeout=10)
    check(client.participant not in [id for id, _nick, _jid in inside], f'{client.name} does not get in again', 'MUC-07', inside)
    await look(client, 'kicked, back, banned, refused')
