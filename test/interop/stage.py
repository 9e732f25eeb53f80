"""
The stage on which a play runs: which server, which channel, who is there, and what that server is known to do differently.
Owns the cast with its unmistakable names, the table of server quirks, joining and leaving in the way the server allows.
Does not check anything (the acts do).
Always: a quirk is a fact about the server, listed in README.md with its reason; Vizard itself has none here.
Before: people.py, wire.py. After: the acts, story.py, crash.py.
"""

import asyncio
from dataclasses import dataclass, field

from people import Person
from report import Missing
from wire import CLIENT, CORE, INFO, NODES

ALL_NODES = {NODES + name for name in ('messages', 'participants', 'info', 'presence')}


@dataclass(frozen=True)
class Quirks:
    pam: bool  # the server joins and leaves for the user (XEP-0405); without it a client speaks to the channel itself
    leave_answered: bool = True  # ejabberd never answers client-leave (its mod_mix_pam crashes on the channel's result)
    join_unaltered: bool = True  # ejabberd drops the preference form and answers in another namespace
    foreign_from_passed: bool = True  # ejabberd ends the stream of a client that gives another sender than itself


QUIRKS = {
    'ejabberd': Quirks(pam=True, leave_answered=False, join_unaltered=False, foreign_from_passed=False),
    'host': Quirks(pam=True),
    'prosody': Quirks(pam=False),
}


@dataclass
class Stage:
    address: tuple
    service: str
    quirks: Quirks
    password: str
    owner: Person = field(init=False)
    alice: Person = field(init=False)
    bob: Person = field(init=False)
    channel_name: str = 'coven'

    def __post_init__(self):
        self.owner = Person('crowqueen-zp4', 'throneres-o9', 'Hecate', self.password)
        self.alice = Person('hagwitch-kq7', 'secretres-x1', 'First Witch', self.password)
        self.bob = Person('toadwitch-vn2', 'hiddenres-y2', 'Second Witch', self.password)

    @property
    def people(self):
        return (self.owner, self.alice, self.bob)

    @property
    def channel(self):
        return f'{self.channel_name}@{self.service}'

    def encoded(self, person):
        """The address under which others in the channel reach that person (XEP-0403 §3.2)."""
        return f'{person.participant}#{self.channel}'


async def service_is_up(person, service, limit=20):
    """Waits until the service answers discovery; a server answers for it with an error until it has attached."""
    loop = asyncio.get_running_loop()
    end = loop.time() + limit
    while True:
        answer = await person.ask('get', service, f'<query xmlns="{INFO[1:-1]}"/>')
        if answer.get('type') == 'result':
            return answer
        if loop.time() > end:
            raise Missing(f'{service} does not answer discovery after {limit} s', answer)
        await asyncio.sleep(0.3)


async def join(stage, person, nick=None, nodes=ALL_NODES):
    """Joins and remembers the stable id. Returns (nodes that slixmpp reports as failed, the `<join>` of the answer).
    A refusal raises slixmpp's IqError."""
    nick = nick or person.nick
    if stage.quirks.pam:
        since = person.mark()
        failed = await person['xep_0405'].join_channel(stage.channel, nick, set(nodes), timeout=10)
        answer = person.received(lambda stanza: stanza.find(f'.//{CORE}join') is not None, since)[0]
    else:
        wanted = ''.join(f'<subscribe node="{node}"/>' for node in sorted(nodes))
        payload = f'<join xmlns="{CORE[1:-1]}">{wanted}<nick>{nick}</nick></join>'
        iq = await person.request('set', stage.channel, payload)
        if iq['type'] == 'error':
            raise Refused(iq.xml)
        answer = iq.xml
        failed = set(nodes) - {child.get('node') for child in answer.iter(f'{CORE}subscribe')}
    joined = answer.find(f'.//{CORE}join')
    person.participant = joined.get('id') or joined.get('jid', '').split('#')[0]
    if not stage.quirks.pam:
        appear(stage, person)  # nobody else tells the channel that this client is there
    return failed, joined


class Refused(Exception):
    """A join that the channel refused, where slixmpp itself was not asked."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer


async def leave(stage, person):
    """Leaves. Returns the answer, or None where the server is known to give none."""
    if not stage.quirks.pam:
        return await person.ask('set', stage.channel, f'<leave xmlns="{CORE[1:-1]}"/>')
    leaving = asyncio.ensure_future(person['xep_0405'].leave_channel(stage.channel, timeout=10))
    if not stage.quirks.leave_answered:
        await asyncio.wait({leaving}, timeout=0.5)
        if not leaving.done():
            leaving.cancel()
            return None
    return (await leaving).xml


def appear(stage, person, show=None):
    """Makes the person's presence known. A server with PAM passes it on to joined channels; else the client does."""
    if stage.quirks.pam:
        person.send_presence(pshow=show)
    else:
        person.send_presence(pshow=show, pto=stage.channel)


def is_groupchat(stage, sender=None):
    """Matches a reflected message of the channel, of that person when given."""
    whole = f'{stage.channel}/{sender.participant}' if sender else None

    def match(stanza):
        origin = stanza.get('from', '')
        return (
            stanza.tag == f'{CLIENT}message'
            and stanza.get('type') == 'groupchat'
            and (origin == whole if whole else origin.startswith(stage.channel + '/'))
        )

    return match
