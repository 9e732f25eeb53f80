"""
What a server does for its own users, played with slixmpp: copies, blocking, nodes, pictures and cards.
Owns two people with three clients between them, and what is checked of each XEP.
Does not start a server (run.mjs); no channel takes part.
Always: ends with status 0 only when every check held.
Before: people.py, report.py, wire.py. After: run.mjs.

    python3 home.py --port 5222 --password secret alice bob
"""

import argparse
import asyncio
import sys
import traceback

from slixmpp.exceptions import IqError

import report
from people import Person
from report import Missing, check
from wire import CLIENT, body, condition

PICTURE = b'\x89PNG\r\n\x1a\n a picture'
METADATA = 'urn:xmpp:avatar:metadata'
EVENT = '{http://jabber.org/protocol/pubsub#event}'
BLOCKING = '{urn:xmpp:blocking}'
CARBONS = '{urn:xmpp:carbons:2}'


class Citizen(Person):
    def __init__(self, account, resource, password):
        super().__init__(account, resource, account, password)
        for plugin in ('xep_0054', 'xep_0084', 'xep_0163', 'xep_0191', 'xep_0223', 'xep_0280'):
            self.register_plugin(plugin)
        for event in ('carbon_sent', 'carbon_received', 'blocked', 'unblocked', 'avatar_metadata_publish'):
            self.add_event_handler(event, lambda _stanza, event=event: self.fired.update([event]))


def events_of(node, sender):
    return lambda stanza: (
        stanza.tag == f'{CLIENT}message'
        and stanza.get('from') == sender.bare
        and stanza.find(f'{EVENT}event/{EVENT}items[@node="{node}"]') is not None
    )


async def copies(alice, other, bob):
    await alice['xep_0280'].enable(timeout=10)
    await other['xep_0280'].enable(timeout=10)
    alice.say(bob.boundjid.full, 'sent by the one', kind='chat')
    await bob.until('the message', body('sent by the one'))
    bob.say(alice.boundjid.full, 'for the one', kind='chat')
    copy = await other.until('the copy of the answer', lambda stanza: stanza.find(f'{CARBONS}received') is not None)
    check(copy.get('from') == alice.bare and other.fired['carbon_sent'] == 1 and other.fired['carbon_received'] == 1,
          "slixmpp takes what the other client sent and received as copies (XEP-0280)", '', other.fired)
    check(not alice.fired['carbon_sent'] and not bob.fired['carbon_received'], 'and nobody else gets any', '', alice.fired)


async def befriend(alice, bob):
    """Each authorises and subscribes to the other, as slixmpp does by itself."""
    since = bob.mark()
    alice.send_presence_subscription(pto=bob.bare)
    await bob.until("the other's presence", lambda stanza: stanza.get('from') == alice.boundjid.full
                    and stanza.tag == f'{CLIENT}presence' and stanza.get('type') is None, since)


async def pictures(alice, bob, late, address):
    name = alice['xep_0084'].generate_id(PICTURE)
    await alice['xep_0084'].publish_avatar(PICTURE, timeout=10)
    await alice['xep_0084'].publish_avatar_metadata(
        {'id': name, 'type': 'image/png', 'bytes': len(PICTURE)}, timeout=10)
    event = await bob.until('the event', events_of(METADATA, alice))
    check(event.get('type') == 'headline' and bob.fired['avatar_metadata_publish'] > 0,
          'a contact hears of a new picture (XEP-0084, XEP-0163)', '', event)
    answer = await bob['xep_0084'].retrieve_avatar(alice.bare, name, timeout=10)
    data = answer['pubsub']['items']['item']['avatar_data']['value']
    check(data == PICTURE, 'and fetches it', '', answer.xml)
    await late.log_in(address)
    await late.until('the last event', events_of(METADATA, alice))
    check(late.fired['avatar_metadata_publish'] > 0, 'so does a client that comes later', '', late.fired)
    await late.log_out()


async def nodes(alice, bob):
    info = await alice['xep_0030'].get_info(jid=alice.bare, cached=False, timeout=10)
    kinds = {identity[:2] for identity in info['disco_info']['identities']}
    check(('pubsub', 'pep') in kinds, 'the account says that it has nodes (XEP-0163)', '', info.xml)
    note = alice['xep_0054'].make_vcard()
    note['FN'] = 'private'
    await alice['xep_0223'].store(note, node='urn:test:private', id='n', timeout=10)
    kept = await alice['xep_0223'].retrieve('urn:test:private', timeout=10)
    check('private' in str(kept), 'what is stored for its owner comes back (XEP-0223)', '', kept.xml)
    form = alice['xep_0004'].make_form(ftype='submit')
    form.add_field(var='FORM_TYPE', ftype='hidden', value='http://jabber.org/protocol/pubsub#node_config')
    form.add_field(var='pubsub#access_model', value='whitelist')
    await alice['xep_0060'].set_node_config(alice.bare, 'urn:test:private', form, timeout=10)
    try:
        answer = (await bob['xep_0060'].get_items(alice.bare, 'urn:test:private', timeout=10)).xml
    except IqError as refusal:
        answer = refusal.iq.xml
    check(condition(answer) == 'item-not-found/cancel', 'and is not there for a contact', '', answer)


async def cards(alice, bob):
    card = alice['xep_0054'].make_vcard()
    card['FN'] = 'First Witch'
    await alice['xep_0054'].publish_vcard(card, timeout=10)
    answer = await bob['xep_0054'].get_vcard(alice.bare, timeout=10)
    check(answer['vcard_temp']['FN'] == 'First Witch', 'a vCard is published and fetched (XEP-0054)', '', answer.xml)


async def blocking(alice, other, bob):
    for client in (alice, other):
        await client['xep_0191'].get_blocked(timeout=10)
    since = bob.mark()
    await alice['xep_0191'].block(bob.bare, timeout=10)
    push = await other.until('the push', lambda stanza: stanza.find(f'{BLOCKING}block') is not None)
    check(other.fired['blocked'] == 1, 'a block is pushed to the other client (XEP-0191)', '', push)
    gone = await bob.until('unavailable', lambda stanza: stanza.get('type') == 'unavailable'
                           and stanza.get('from') == alice.boundjid.full, since)
    bob.say(alice.bare, 'can you hear me', kind='chat')
    error = await bob.until('the error', lambda stanza: stanza.get('type') == 'error', since)
    check(condition(error) == 'service-unavailable/cancel', 'she seems to be gone, and his message is refused', '', gone)
    await alice['xep_0191'].unblock(bob.bare, timeout=10)
    since = bob.mark()
    bob.say(alice.bare, 'and now', kind='chat')
    await alice.until('the message', body('and now'))
    check(not bob.received(lambda stanza: stanza.get('type') == 'error', since), 'until she unblocks him', '')


async def main(options):
    address = (options.host, options.port)
    alice = Citizen(options.alice, 'homeres-h1', options.password)
    other = Citizen(options.alice, 'otherres-h2', options.password)
    bob = Citizen(options.bob, 'guestres-h3', options.password)
    late = Citizen(options.bob, 'laterres-h4', options.password)
    people = (alice, other, bob)
    acts = (
        (copies, people),
        (befriend, (alice, bob)),
        (pictures, (alice, bob, late, address)),
        (nodes, (alice, bob)),
        (cards, (alice, bob)),
        (blocking, people),
    )
    try:
        for person in people:
            await person.log_in(address)
        for act, cast in acts:
            try:
                await act(*cast)
            except Missing as missing:
                check(False, f'in "{act.__name__}": {missing}', '', missing.received)
            except Exception as error:
                received = error.iq.xml if hasattr(error, 'iq') else traceback.format_exc()
                check(False, f'"{act.__name__}" came to its end', '', f'{error!r}\n{report.text(received)}')
    finally:
        for person in people:
            await person.log_out()


parser = argparse.ArgumentParser()
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, required=True)
parser.add_argument('--password', required=True)
parser.add_argument('alice')
parser.add_argument('bob')
asyncio.run(asyncio.wait_for(main(parser.parse_args()), 60))
sys.exit(1 if report.failed else 0)
