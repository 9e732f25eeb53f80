"""
How a play with slixmpp begins, goes through its acts, and ends.
Owns the options that all of them have, the log-in, and the exit status.
Does not know what is played (story.py, rooms.py, screens.py), nor check anything.
Always: ends with status 0 only when every check held, and in time.
Before: report.py. After: story.py, rooms.py, screens.py.
"""

import argparse
import asyncio
import sys

import report
from stage import QUIRKS


async def log_in(stage):
    for person in stage.people:
        await person.log_in(stage.address)


async def log_out(stage):
    for person in stage.people:
        await person.log_out()


async def perform(stage, acts, play=report.play):
    """Whether it went to its end: acts with the sign that the rest is pointless when they fail."""
    for act, needed in acts:
        if not await play(stage, act) and needed:
            return False
    return True


def alice_and_others(stage):
    """Who may not know whom after addresses became visible: she who said never is hidden from the others, and they from her."""
    return [(one, other) for one in stage.people for other in stage.people
            if one is not other and stage.alice in (one, other)]


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument('--server', choices=QUIRKS, required=True)
    parser.add_argument('--host', default='127.0.0.1')
    parser.add_argument('--port', type=int, required=True)
    parser.add_argument('--service', default='mix.localhost')
    parser.add_argument('--password', required=True)
    return parser


def run(main, parser, limit):
    asyncio.run(asyncio.wait_for(main(parser.parse_args()), limit))
    sys.exit(1 if report.failed else 0)
