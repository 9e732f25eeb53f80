"""
Somebody on the way: slixmpp with STARTTLS and XEP-0198 whose connection is cut again and again, against the embedded server.
Owns the cuts, and the comparison of what was sent with what arrived.
Does not start the server (run.mjs), nor repair slixmpp, which forgets what it has sent itself when it resumes.
Always: every message has a body of its own, so that one that is lost, doubled or out of order is seen.
Before: people.py, stage.py, report.py. After: run.mjs.

    python3 resume.py --port 5222 --certificate localhost.crt --password secret
"""

import argparse
import asyncio
import sys
import traceback

from slixmpp import JID

import report
from people import Person
from report import Missing, check
from wire import CLIENT, CORE

CUTS = 6
EACH = 50
SERVICE = 'mix.localhost'
CHANNEL = f'moor@{SERVICE}'


class Traveller(Person):
    def __init__(self, account, resource, nick, options):
        super().__init__(account, resource, nick, options.password)
        self.address = (options.host, options.port)
        self.ca_certs = options.certificate
        self.register_plugin('xep_0198')
        self.starts = 0
        self.add_event_handler('session_start', self._started)

    def _started(self, _event):
        self.starts += 1

    async def log_in(self):
        ready = asyncio.ensure_future(self.wait_until('session_start', 15))
        self.connect(self.address)
        await ready
        await self['xep_0115'].update_caps(broadcast=False)
        await self.get_roster()
        self.send_presence()

    def cut(self):
        """Without a word, and with whatever is on its way."""
        self.transport.abort()

    async def come_back(self):
        """Returns how many stanzas the server says that it has handled."""
        ready = asyncio.ensure_future(self.wait_until('session_resumed', 15))
        self.connect(self.address)
        return (await ready)['h']

    def bodies(self, kind, since=0):
        found = self.received(lambda stanza: stanza.tag == f'{CLIENT}message' and stanza.get('type') == kind, since)
        return [stanza.findtext(f'{CLIENT}body') for stanza in found]


async def arrived(person, kind, expected, since, limit=10):
    """The bodies that came, once there are as many as expected and no more come."""
    loop = asyncio.get_running_loop()
    end = loop.time() + limit
    while len(person.bodies(kind, since)) < expected and loop.time() < end:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    return person.bodies(kind, since)


async def log_in(alice, bob):
    for person in (alice, bob):
        await person.log_in()
    tls = bob.transport.get_extra_info('ssl_object')
    check(tls is not None and tls.version() in ('TLSv1.2', 'TLSv1.3'),
          f'slixmpp logs in within TLS, by STARTTLS ({tls and tls.version()})')
    check(bool(bob['xep_0198'].sm_id), 'it may resume its stream')
    await alice['xep_0369'].create_channel(JID(SERVICE), 'moor', timeout=10)
    for person in (alice, bob):
        await person['xep_0405'].join_channel(CHANNEL, person.nick, {'urn:xmpp:mix:nodes:messages'}, timeout=10)


async def miss_something(alice, bob):
    since = bob.mark()
    bob.cut()
    await asyncio.sleep(0.2)
    lines = [f'missed {number}' for number in range(20)]
    for line in lines:
        alice.say(bob.bare, line, 'chat')
        alice.say(CHANNEL, line)
    await asyncio.sleep(0.5)
    await bob.come_back()
    for kind, what in (('chat', 'chats'), ('groupchat', 'messages of the channel')):
        got = await arrived(bob, kind, len(lines), since)
        check(got == lines, f'after a cut the stream is resumed, and brings all {what} that came meanwhile, once, in order',
              '', got)
    check(bob.starts == 1, 'the session is the one that there was', '', bob.starts)


async def keep_missing(alice, bob):
    since, chats, channel = bob.mark(), [], []
    for number in range(CUTS):
        for line in (f'{number}-{index}' for index in range(EACH)):
            alice.say(bob.bare, line, 'chat')
            chats.append(line)
            alice.say(CHANNEL, line)
            channel.append(line)
            if line.endswith(f'-{7 * number}'):
                await asyncio.sleep(0.02 * number)
                bob.cut()
        await bob.come_back()
    for kind, sent in (('chat', chats), ('groupchat', channel)):
        got = await arrived(bob, kind, len(sent), since)
        missing, doubled = set(sent) - set(got), len(got) - len(set(got))
        check(got == sent, f'{CUTS} cuts in the middle of {len(sent)} messages ({kind}): none is lost, doubled or out of order',
              '', f'{len(missing)} missing, {doubled} doubled')


async def counted(person):
    """How many of the person's stanzas the server has handled."""
    since = person.mark()
    person['xep_0198'].request_ack()
    ack = await person.until('an acknowledgement', lambda element: element.tag == '{urn:xmpp:sm:3}a', since)
    return int(ack.get('h'))


async def be_counted(alice, bob):
    """COMPAT(slixmpp 1.8.3): it empties its queue when it resumes, and sends nothing again; so only the count is looked at."""
    since, before = alice.mark(), await counted(bob)
    lines = [f'from the way {number}' for number in range(60)]
    for line in lines:
        bob.say(alice.bare, line, 'chat')
    # what it has not written yet it would write into the next connection, before it has logged in there
    while not bob.waiting_queue.empty():
        await asyncio.sleep(0)
    bob.cut()
    handled = await bob.come_back()
    got = await arrived(alice, 'chat', len(lines), since, limit=2)
    check(handled == before + len(got), 'what the server says it has handled is what has arrived', '',
          f'{handled} handled, {before} before, {len(got)} arrived')
    check(got == lines[:len(got)], 'and that in order', '', got)
    bob.say(alice.bare, 'still there', 'chat')
    await alice.until('a message over the resumed stream', lambda stanza: stanza.findtext(f'{CLIENT}body') == 'still there')


def nobody_went(alice):
    gone = alice.received(lambda stanza: stanza.tag == f'{CLIENT}presence' and stanza.get('type') == 'unavailable')
    check(gone == [], 'nobody was told that the client had gone', '', gone)


async def main(options):
    alice = Traveller('hagwitch-kq7', 'secretres-x1', 'First Witch', options)
    bob = Traveller('toadwitch-vn2', 'hiddenres-y2', 'Second Witch', options)
    try:
        for act in (log_in, miss_something, keep_missing, be_counted):
            try:
                await act(alice, bob)
            except (Missing, asyncio.TimeoutError) as missing:
                check(False, f'in "{act.__name__}": {missing!r}', '', f'{bob.latest()}\n{traceback.format_exc()}')
        nobody_went(alice)
    finally:
        for person in (alice, bob):
            await person.log_out()


parser = argparse.ArgumentParser()
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, required=True)
parser.add_argument('--certificate', required=True)
parser.add_argument('--password', required=True)
asyncio.run(asyncio.wait_for(main(parser.parse_args()), 80))
sys.exit(1 if report.failed else 0)
