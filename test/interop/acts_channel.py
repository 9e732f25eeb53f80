"""
The acts about the channel as a place: found, made, joined, set up, left (XEP-0369 §6-7, XEP-0404 §3.1, XEP-0405 §2.7-2.8).
Owns what is checked of discovery, creation, join, preferences, nick and leave.
Does not touch what is said in the channel (acts_talk.py) nor who may see whom (acts_hidden.py).
Always: an act leaves behind what its name says, so that the next one can build on it.
Before: stage.py, report.py, wire.py. After: story.py.
"""

import asyncio
import re

from slixmpp import JID
from slixmpp.exceptions import IqError

from report import check
from stage import Refused, join, leave, service_is_up
from wire import (
    CORE, INFO, NODES, PREFERENCES, body, condition, features, fields, form, identities, node_event, node_items,
    options, presence_of,
)

ANON = 'urn:xmpp:mix:anon:0'


async def discover(stage):
    answer = await service_is_up(stage.owner, stage.service)
    found = features(answer)
    check('conference/mix' in identities(answer) and 'urn:xmpp:mix:core:1' in found,
          'the service is found as conference/mix with MIX core', 'CORE-23', answer)
    check(not any(name.startswith(('urn:xmpp:mam', 'http://jabber.org/protocol/pubsub')) for name in found),
          'the service offers neither an archive nor PubSub of its own', 'CORE-26 CORE-27', answer)
    check('urn:xmpp:mix:core:1#create-channel' in found, 'it says that this user may create channels', 'CORE-25', answer)
    if stage.quirks.pam:
        check(await stage.owner['xep_0405'].check_server_capability(),
              "slixmpp finds MIX-PAM on the user's own account", 'PAM-01')


async def create(stage):
    owner, channel = stage.owner, stage.channel
    made = await owner['xep_0369'].create_channel(JID(stage.service), stage.channel_name, timeout=10)
    check(made == stage.channel_name, 'slixmpp creates a channel under the name it asked for', 'CORE-88 CORE-89', made)
    again = await owner.ask('set', stage.service, f'<create xmlns="{CORE[1:-1]}" channel="{stage.channel_name}"/>')
    check(condition(again) == 'conflict/cancel', 'a second channel of that name is refused', 'CORE-92', again)
    listed = await owner['xep_0369'].list_channels(JID(stage.service), timeout=10)
    check(channel in [str(jid) for jid, _name in listed], 'the channel is in the list of channels', 'CORE-28', listed)
    info = await owner.ask('get', channel, f'<query xmlns="{INFO[1:-1]}"/>')
    wanted = {'urn:xmpp:mix:core:1', ANON, 'urn:xmpp:mam:2'}
    check('conference/mix' in identities(info) and wanted <= features(info),
          'the channel is found as conference/mix with core, anonymity and archive', 'CORE-29', info)
    check(fields(info).get('JID Visibility') == ['jid-hidden'],
          'anybody can see before joining that it hides addresses, which is the default', 'CORE-19', info)
    empty = await owner['xep_0369'].list_participants(channel, timeout=10)
    check(empty == [], 'whoever creates a channel is not made a participant', 'CORE-94', empty)


async def stay_outside(stage):
    """What a stranger is refused, asked before anybody has joined and while the owner is in."""
    await join(stage, stage.owner)
    bob, since = stage.bob, stage.bob.mark()
    id = bob.say(stage.channel, 'let me in')
    refusal = await bob.until('a refusal', lambda stanza: stanza.get('id') == id, since)
    check(condition(refusal) == 'forbidden/auth', 'a stranger may not speak in the channel', 'CORE-66 CORE-21', refusal)
    closed = await bob.ask('get', stage.channel, node_items('participants'))
    check(condition(closed) == 'not-allowed/cancel + closed-node',
          'a stranger may not see who takes part', 'CORE-36', closed)


async def join_all(stage):
    for person in (stage.alice, stage.bob):
        if person is stage.bob:
            await clash(stage)
        since = {other: other.mark() for other in stage.people}
        failed, joined = await join(stage, person)
        check(re.fullmatch('[a-z0-9]+', person.participant) is not None,
              f'{person.nick} gets a stable id of plain characters', 'CORE-40 CORE-05', joined)
        check(joined.get('jid') in (None, stage.encoded(person)),
              'an address in the answer is the encoded one', 'CORE-40 ANON-03', joined)
        check({child.get('node') for child in joined.iter(f'{CORE}subscribe')} == {NODES + name for name in (
            'messages', 'participants', 'info', 'presence')},
              'the answer lists the nodes that were asked for', 'CORE-38', joined)
        check(joined.findtext(f'{CORE}nick') == person.nick, 'the answer holds the nick', 'CORE-41', joined)
        if stage.quirks.join_unaltered:
            check(failed == set(), 'slixmpp reports no node as failed', 'PAM-10', failed)
            answered = fields(joined)
            check(answered.get('') == ['result'] and PREFERENCES <= set(answered),
                  'the answer holds all four preferences', 'ANON-70', joined)
        if stage.quirks.pam:
            entries = await mix_roster(person)
            check(entries == {stage.channel: person.participant},
                  'slixmpp finds the channel in the roster, marked, with the stable id', 'PAM-09 PAM-15 PAM-21', entries)
        event = await stage.owner.until("the newcomer's item",
                                        node_event('participants', 'item', person.participant), since[stage.owner])
        check(event.find(f'.//{CORE}participant/{CORE}nick') is not None
              and event.find(f'.//{CORE}participant/{CORE}jid') is None,
              'those inside are told of the newcomer by nick, without an address', 'CORE-45 CORE-46', event)


async def mix_roster(person):
    """The joined channels as the person's own server tells them: address -> stable id."""
    _contacts, channels = await person['xep_0405'].get_mix_roster(timeout=10)
    return {str(item['jid']): item['channel']['participant-id'] for item in channels}


async def clash(stage):
    try:
        await join(stage, stage.bob, nick='first  WITCH')
        refusal = 'joined'
    except IqError as error:
        refusal = error.iq.xml
    except Refused as error:
        refusal = error.answer
    check(refusal != 'joined' and condition(refusal).startswith('conflict/cancel'),
          "a nick that equals another's in all but case and spaces is refused", 'CORE-48 CORE-14 PAM-07', refusal)
    inside = await stage.owner['xep_0369'].list_participants(stage.channel, timeout=10)
    check(len(inside) == 2, 'and that join has not happened', 'CORE-48', inside)


async def prefer(stage):
    alice, channel = stage.alice, stage.channel
    template = await alice.ask('get', channel, f'<user-preference xmlns="{ANON}"/>')
    check(fields(template).get('') == ['form'] and {'default', 'never', 'prefer not'} <= set(
        options(template, 'JID Visibility')), 'the preferences are offered as a form with their options', 'ANON-74', template)
    read = await alice['xep_0404'].get_preferences(JID(channel), timeout=10)
    check(PREFERENCES <= set(read.get_values()), 'slixmpp reads all four of them', 'ANON-74', read)
    wish = form(ANON, JID_Visibility='never')
    answer = await alice.ask('set', channel, f'<user-preference xmlns="{ANON}">{wish}</user-preference>')
    values = fields(answer)
    wanted = {'': ['result'], 'JID Visibility': ['never'], 'Private Messages': ['allow'], 'vCard': ['block'],
              'Presence': ['share']}
    check(wanted.items() <= values.items(),
          'setting one preference answers with all four', 'ANON-77 ANON-61 ANON-62 ANON-63 ANON-64', answer)
    wish = form(ANON, JID_Visibility='always', vCard='allow')
    answer = await alice.ask('set', channel, f'<user-preference xmlns="{ANON}">{wish}</user-preference>')
    check(condition(answer) == 'not-acceptable/modify', 'always shown is refused where all are hidden', 'ANON-81', answer)
    after = fields(await alice.ask('get', channel, f'<user-preference xmlns="{ANON}"/>'))
    check(after.get('JID Visibility') == ['never'] and after.get('vCard') == ['block'],
          'and nothing of that request was kept', 'ANON-78 ANON-75', after)


async def rename(stage):
    alice, bob = stage.alice, stage.bob
    since = bob.mark()
    nick = await alice['xep_0369'].set_nick(stage.channel, 'Graymalkin', timeout=10)
    check(nick == 'Graymalkin', 'slixmpp changes its nick', 'CORE-61', nick)
    alice.nick = nick
    event = await bob.until('the new nick', node_event('participants', 'item', alice.participant), since)
    check(event.findtext(f'.//{CORE}nick') == nick, 'the others see it under the same id', 'CORE-64 CORE-06', event)
    alice.say(stage.channel, 'I come')
    message = await bob.until('a message', body('I come'), since)
    check(message.findtext(f'{CORE}mix/{CORE}nick') == nick, 'and in the next message', 'CORE-61 CORE-69', message)


async def leave_and_return(stage):
    alice, bob = stage.alice, stage.bob
    since, id = alice.mark(), bob.participant
    answer = await leave(stage, bob)
    if answer is not None:
        check(answer.get('type') == 'result', 'leaving is answered', 'CORE-57 PAM-12', answer)
    event = await alice.until('the retraction', node_event('participants', 'retract', id), since)
    check(event is not None, 'the others are told that he left, by his id', 'CORE-58', event)
    gone = await alice.until('his unavailable presence', presence_of(id, stage.channel, 'unavailable'), since)
    check(gone is not None, 'and that his client is gone', 'CORE-60 PRES-16', gone)
    inside = await alice['xep_0369'].list_participants(stage.channel, timeout=10)
    if stage.quirks.pam:
        check(await mix_roster(bob) == {}, "and the channel is gone from his roster", 'PAM-12 PAM-19')
    check(id not in [found for found, _nick, _jid in inside], 'he is no participant any more', 'CORE-57', inside)
    since = bob.mark()
    alice.say(stage.channel, 'is he gone')
    await stage.owner.until('the message', body('is he gone'))
    await asyncio.sleep(0.3)
    check(not bob.received(body('is he gone'), since), 'and hears nothing any more', 'CORE-57')
    await join(stage, bob)
    check(bob.participant == id, 'when he joins again he has the same id', 'CORE-08', bob.participant)
