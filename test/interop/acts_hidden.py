"""
The acts about who may know whom: participants, the JID map, a change of mode, and the tape (XEP-0404 §2).
Owns the leak check over every byte that a client received.
Does not check how messages travel (acts_talk.py).
Always: a person's names are looked for in all streams but her own; the owner's answers about the JID map are the one exception.
Before: stage.py, report.py, wire.py. After: story.py.
"""

import base64
import hashlib
import re

from acts_talk import query
from report import check
from wire import ADMIN, ANON, CLIENT, CORE, ITEMS, NODES, body, condition, form, node_event, node_items, shown_jids


async def look_round(stage):
    people = {person.participant: person.nick for person in stage.people}
    listed = await stage.bob['xep_0369'].list_participants(stage.channel, timeout=10)
    check({id: nick for id, nick, _jid in listed} == people, 'slixmpp lists the participants by id and nick', 'CORE-36 CORE-12',
          listed)
    for person in (stage.bob, stage.owner):
        raw = await person.ask('get', stage.channel, node_items('participants'))
        check(not shown_jids(raw), f'no address is in that list for {person.nick}', 'ANON-19 ANON-21', raw)


async def unmask(stage):
    owner, alice = stage.owner, stage.alice
    answer = await owner.ask('get', stage.channel, node_items('jidmap'))
    mapped = {item.get('id'): item.findtext(f'{ANON}participant/{ANON}jid') for item in answer.iter()
              if item.tag.endswith('}item')}
    check(mapped == {person.participant: person.bare for person in stage.people},
          'the owner reads the JID map: one entry for each participant, bare addresses', 'ANON-42 ANON-43 ANON-49', answer)
    owner.exempt.append(answer.get('id'))
    refusals = [await alice.ask('get', stage.channel, node_items('jidmap', id)) for id in (
        None, stage.bob.participant, 'nosuch')]
    check(all(condition(refusal) == 'not-allowed/cancel + closed-node' for refusal in refusals),
          'a participant is refused it: whole, one item, and an item that does not exist, all alike', 'ANON-50', refusals)
    check('jidmap' not in await node_names(stage, alice) and 'jidmap' in await node_names(stage, owner),
          'and only the owner finds it among the nodes', 'ANON-53 ANON-39')


async def node_names(stage, person):
    answer = await person.ask('get', stage.channel, f'<query xmlns="{ITEMS[1:-1]}" node="mix"/>')
    return {item.get('node', '').removeprefix(NODES) for item in answer.iter(f'{ITEMS}item')}


async def set_mode(stage, value):
    item = f'<item>{form(ADMIN, JID_Visibility=value)}</item>'
    publish = f'<pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="{NODES}config">{item}</publish></pubsub>'
    return await stage.owner.ask('set', stage.channel, publish)


async def drop_masks(stage):
    """The owner makes addresses visible and hides them again. She who never wants hers shown is out before that."""
    owner, alice, bob = stage.owner, stage.alice, stage.bob
    since = alice.mark()
    answer = await set_mode(stage, 'jid-mandatory-visible')
    if not check(answer.get('type') == 'result', 'the owner makes addresses visible', 'ANON-05', answer):
        return
    told = await alice.until('her own retraction', node_event('participants', 'retract', alice.participant), since)
    check(told is not None, 'she who said never is removed and told so', 'ANON-13 ANON-17', told)
    id = alice.say(stage.channel, 'am I still here')
    refusal = await alice.until('a refusal', lambda stanza: stanza.get('id') == id, since)
    check(condition(refusal) == 'forbidden/auth', 'and may not speak any more', 'ANON-16', refusal)
    owner.say(stage.channel, 'seen by all')
    heard = await bob.until('the message', body('seen by all'))
    check(heard.findtext(f'{CORE}mix/{CORE}jid') == owner.bare, 'from now on a message shows its sender', 'ANON-06', heard)
    answer = await set_mode(stage, 'jid-hidden')
    check(answer.get('type') == 'result', 'the owner hides them again', 'ANON-05', answer)
    page = await query(stage, bob, None, size=50)
    check(bool(page.results) and not any(shown_jids(result) for result in page.results),
          'and the archive shows no address, not even of what was said in between', 'MAM-42',
          [result for result in page.results if shown_jids(result)])


def names(person):
    """What may not be found: her names, and what anybody could compute from them (ANON-31, ANON-105)."""
    found = {}
    for plain in (person.account, person.device):
        found[plain] = plain
    for plain in (person.account, person.device, person.bare, person.boundjid.full):
        data = plain.encode()
        found[f'base64 of {plain}'] = base64.b64encode(data).decode().rstrip('=')
        for algorithm in ('md5', 'sha1', 'sha256'):
            digest = hashlib.new(algorithm, data)
            found[f'{algorithm} of {plain}'] = digest.hexdigest()
            found[f'{algorithm} of {plain}, base64'] = base64.b64encode(digest.digest()).decode().rstrip('=')
    return {what: needle.lower() for what, needle in found.items()}


def tape(person):
    """Everything received, less the answers that rightly hold addresses."""
    bytes_ = person.tape.decode('utf-8', 'replace')
    for id in person.exempt:
        bytes_ = re.sub(rf"<iq\b(?=[^>]*\sid=['\"]{re.escape(id)}['\"]).*?</iq>", '', bytes_, flags=re.DOTALL)
    return bytes_.lower()


def nothing_leaked(stage, pairs=None):
    """`pairs` of (who received, whose names): all of them when not given."""
    pairs = pairs or [(one, other) for one in stage.people for other in stage.people if one is not other]
    for one, other in pairs:
        received = tape(one)
        leaks = [(what, received[max(0, at - 300):at + 200]) for what, needle in names(other).items()
                 for at in [received.find(needle)] if at >= 0]
        check(not leaks, f'of {len(one.tape)} bytes that {one.account} received none names {other.account}',
              'ANON-01 ANON-37 ANON-105 LEAK-01 LEAK-02 LEAK-03 LEAK-08 LEAK-09', '\n    '.join(f'{what}: ...{where}...' for what, where in leaks))
