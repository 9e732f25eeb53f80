"""
The play before the screens: Profanity and poezio among people at MIX, in one channel that hides addresses.
Owns the order of the acts, and what is searched for the others' names: all that the clients received and showed.
Does not start a server (run.mjs) and holds no check of its own (acts_screens.py).
Always: ends with status 0 only when every check held; what it has started ends with it.
Before: acts_screens.py. After: run.mjs.

    python3 screens.py --server prosody --port 5222 --certificate ca.pem --password secret
"""

import asyncio
import os

import acts_hidden
import acts_screens
import curtain
import report
from report import play
from screen_clients import Poezio, Profanity
from stage import QUIRKS, Stage

# With the sign that the rest is pointless when the act fails.
ACTS = [
    (acts_screens.open_channel, True),
    (acts_screens.arrive, True),
    (acts_screens.enter, True),
    (acts_screens.talk, False),
    (acts_screens.whisper, False),
    (acts_screens.rename, False),
    (acts_screens.rename_at_mix, False),
    (acts_screens.come_back, False),
]
LAST_ACTS = [acts_screens.unmask, acts_screens.keep_order, acts_screens.put_out]


class Theatre(Stage):
    def __init__(self, options):
        super().__init__((options.host, options.port), options.service, QUIRKS[options.server], options.password, 'heath')
        self.ca_file = options.certificate
        self.folder = os.path.abspath(f'screens-{options.server}')
        self.clients = (Profanity('woodguest-rw3', 'leafyres-g4', 'Birnam', self.password),
                        Poezio('castleguest-fd6', 'stoneres-p7', 'Castle', self.password))
        for person in super().people:
            person.ca_certs = options.certificate

    @property
    def everybody(self):
        return (*self.people, *self.clients)


def of(client, act):
    async def one(stage):
        await act(stage, client)

    one.__name__ = f'{act.__name__} with {client.name}'
    return one


async def perform(stage, act):
    """Whether the act came to its end; one that has a client is played by all clients at once."""
    if act.__code__.co_argcount == 1:
        return await play(stage, act)
    return all(await asyncio.gather(*[play(stage, of(client, act)) for client in stage.clients]))


def nobody_named(stage, pairs):
    acts_hidden.nothing_leaked(stage, [(one, other) for one, other in pairs if one is not other])


async def main(options):
    stage = Theatre(options)
    os.makedirs(stage.folder)
    report.keep_pictures(options.keep, options.server)
    try:
        if not await play(stage, curtain.log_in):
            return
        if not await curtain.perform(stage, ACTS, perform):
            return
        nobody_named(stage, [(one, other) for one in stage.everybody for other in stage.everybody])
        for act in LAST_ACTS:
            await perform(stage, act)
        # after the change of mode only he who said never is hidden from the others
        nobody_named(stage, [(one, stage.bob) for one in stage.everybody])
    finally:
        for client in stage.clients:
            if client.terminal is not None:
                await client.terminal.close()
        await curtain.log_out(stage)


parser = curtain.options()
parser.add_argument('--certificate', required=True)
parser.add_argument('--keep', help='a folder in which the pictures are kept')
curtain.run(main, parser, 170)
