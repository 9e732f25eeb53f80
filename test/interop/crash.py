"""
Three times a thousand messages from three people while Vizard is killed and started again; then every copy is compared with the archive.
Owns the sending, the cue for the kill and the comparison (D-100, XEP-0313 §3, XEP-0369 §7.1.6).
Does not kill anything itself (crash.mjs does, when it reads the cue).
Always: no message is sent twice, so a body that stands twice in the archive is a fault of the service.
Before: stage.py, report.py. After: crash.mjs.
"""

import argparse
import asyncio
import sys
from collections import Counter

from slixmpp import JID

import acts_hidden
import report
from acts_talk import query
from report import Missing, check, note
from stage import QUIRKS, Stage, appear, is_groupchat, join, service_is_up
from wire import ANON, CLIENT, condition, node_items

KILLS = 3
EACH = 334  # messages of each of the three for every kill
CUE = 400  # the kill comes when somebody has heard that many of them
UNDER_WAY = 250  # so many may be sent and not yet heard


def heard(stage, person):
    """(id, body) of every copy, in the order of arrival, doubles included."""
    return [(copy.get('id'), copy.findtext(f'{CLIENT}body')) for copy in person.received(is_groupchat(stage))]


async def send_all(stage, person, sent, number_of_kill):
    """As fast as they are heard, so that many are under way at any moment; slowly on when nothing is heard any more."""
    alive = True
    for number in range(EACH):
        if alive:
            alive = await room(person, sent)
        line = f'{person.nick} {number_of_kill}-{number}'
        sent[person.say(stage.channel, line)] = line
        await asyncio.sleep(0 if alive else 0.01)


async def room(person, sent, patience=0.3):
    """Waits until fewer than UNDER_WAY are sent and not heard; False when that does not come to pass."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while len(sent) - person.fired['mix_message'] >= UNDER_WAY:
        if loop.time() > end:
            return False
        await asyncio.sleep(0.001)
    return True


async def kill_when_due(stage, limit=30):
    """Gives the cue. Returns how many each had heard by then."""
    loop = asyncio.get_running_loop()
    end = loop.time() + limit
    while all(person.fired['mix_message'] < CUE for person in stage.people):
        if loop.time() > end:
            raise Missing(f'nobody heard {CUE} messages within {limit} s', [p.fired for p in stage.people])
        await asyncio.sleep(0)
    print('# cue: kill')
    return [person.fired['mix_message'] for person in stage.people]


async def quiet(stage, calm=2, limit=30):
    """Waits until nobody has received anything for a while."""
    loop = asyncio.get_running_loop()
    end, count, since = loop.time() + limit, -1, loop.time()
    while loop.time() < end and loop.time() - since < calm:
        now = sum(len(person.inbox) for person in stage.people)
        if now != count:
            count, since = now, loop.time()
        await asyncio.sleep(0.1)


async def read_archive(stage):
    """(id, body) of everything archived, in its order."""
    found, after = [], None
    while True:
        page = await query(stage, stage.owner, after, size=100)
        found += [(result.get('id'), result.findtext(f'.//{CLIENT}body')) for result in page.results]
        if page.complete or not page.results:
            return found
        after = page.last


async def jidmap(stage):
    answer = await stage.owner.ask('get', stage.channel, node_items('jidmap'))
    stage.owner.exempt.append(answer.get('id'))
    return {item.get('id'): item.findtext(f'{ANON}participant/{ANON}jid') for item in answer.iter()
            if item.tag.endswith('}item')}


async def gather(stage):
    for person in stage.people:
        await person.log_in(stage.address)
    await service_is_up(stage.owner, stage.service)
    await stage.owner['xep_0369'].create_channel(JID(stage.service), stage.channel_name, timeout=10)
    for person in stage.people:
        await join(stage, person)
        appear(stage, person)


async def survive(stage):
    await gather(stage)
    known = await jidmap(stage)
    sent = {}
    for number in range(KILLS):
        for person in stage.people:
            person.fired.clear()
        burst = {}
        sending = [asyncio.ensure_future(send_all(stage, person, burst, number)) for person in stage.people]
        before = await kill_when_due(stage)
        await asyncio.gather(*sending)
        check(max(before) < len(burst), f'kill {number + 1} came in the middle', '', before)
        await service_is_up(stage.owner, stage.service, limit=30)
        await quiet(stage)
        sent |= burst
    for person in stage.people:
        line = f'{person.nick} is still here'
        person.say(stage.channel, line)
        for other in stage.people:
            await other.until(f'"{line}"', lambda stanza, line=line: stanza.findtext(f'{CLIENT}body') == line)
    check(True, 'after the last start all three hear each other, without doing anything for it', 'CORE-02 CORE-66')
    check(await jidmap(stage) == known, 'the JID map is what it was', 'ANON-56 CORE-06', known)
    compare(stage, sent, await read_archive(stage))
    acts_hidden.nothing_leaked(stage)


def compare(stage, sent, archive):
    total = len(sent)
    kept = dict(archive)
    copies = {person: heard(stage, person) for person in stage.people}
    refused = {sent[stanza.get('id')] for person in stage.people for stanza in person.inbox
               if stanza.tag == f'{CLIENT}message' and stanza.get('id') in sent and condition(stanza)}
    bodies = Counter(body for _id, body in archive)
    silent = total - sum(body in bodies or body in refused for body in sent.values())
    note(f'{total} sent; archived: {len(archive)}; refused: {len(refused)}; '
         f'lost before Vizard had them: {silent}; copies that came twice: '
         f'{[len(all_) - len(set(all_)) for all_ in copies.values()]}')
    for person, all_ in copies.items():
        gone = [copy for copy in all_ if kept.get(copy[0]) != copy[1]]
        check(not gone, f'everything that {person.nick} heard is in the archive, under the same id', 'CORE-84 CORE-85',
              f'{len(gone)}: {gone[:5]}')
        missed = [entry for entry in archive if entry not in set(all_)]
        check(not missed, f'everything in the archive was heard by {person.nick}', 'CORE-66', f'{len(missed)}: {missed[:5]}')
        order = list(dict.fromkeys(id for id, _body in all_))
        check(order == [id for id in kept if id in set(order)], f'in one order, that of the archive, for {person.nick}',
              'CORE-82', order[:20])
    check(len(kept) == len(archive) and all(count == 1 for count in bodies.values()),
          'no message is archived twice and no id used twice', 'MAM-29', [b for b, n in bodies.items() if n > 1][:5])
    check(not refused & set(bodies), 'what was refused is not archived', 'MAM-30', list(refused & set(bodies))[:5])


async def main(options):
    stage = Stage(('127.0.0.1', options.port), options.service, QUIRKS['ejabberd'], options.password)
    stage.channel_name = 'cauldron'
    try:
        await survive(stage)
    except Missing as missing:
        check(False, f'{missing}', '', missing.received)
    finally:
        for person in stage.people:
            await person.log_out()


parser = argparse.ArgumentParser()
parser.add_argument('--port', type=int, required=True)
parser.add_argument('--service', required=True)
parser.add_argument('--password', required=True)
asyncio.run(asyncio.wait_for(main(parser.parse_args()), 85))
sys.exit(1 if report.failed else 0)
