"""
What the plays print: one line for each thing that was looked at.
Owns the count of what held and what did not; its lines begin with `ok - ` and `not ok - `, which lab.mjs counts.
Does not decide anything about the protocol (the acts do).
Always: a failure shows what was received; one failure does not hide the next, unless the play cannot go on (`Missing`).
Before: nothing. After: people.py, the acts, story.py, crash.py.
"""

import os
import re
import traceback
from xml.etree import ElementTree as ET

from slixmpp.xmlstream import tostring

failed = 0


class Missing(Exception):
    """Something that must arrive did not; the act that waited for it ends here."""

    def __init__(self, sentence, received=''):
        super().__init__(sentence)
        self.received = received


def text(received):
    """Anything that was received, as it can be read by a person."""
    if isinstance(received, ET.Element):
        return tostring(received)
    if isinstance(received, (list, tuple)) and received and isinstance(received[0], ET.Element):
        return '\n    '.join(text(element) for element in received)
    return str(received)


def check(holds, sentence, rows='', received=''):
    """Prints whether the sentence holds; the rows are ids of the conformance map. Returns `holds` for a caller that needs it."""
    global failed
    name = f'{sentence} ({rows})' if rows else sentence
    if holds:
        print(f'ok - {name}')
    else:
        failed += 1
        print(f'not ok - {name}')
        print(f'    received: {text(received)}')
    return bool(holds)


def note(sentence):
    """A line for the reader that is not counted."""
    print(f'# {sentence}')


async def play(stage, act):
    """Whether the act came to its end."""
    try:
        await act(stage)
        return True
    except Missing as missing:
        check(False, f'in "{act.__name__}": {missing}', '', missing.received)
    except Exception as error:  # slixmpp raises many kinds; each of them ends this act only
        received = error.iq.xml if hasattr(error, 'iq') else getattr(error, 'answer', traceback.format_exc())
        check(False, f'"{act.__name__}" came to its end', '', f'{error!r}\n{text(received)}')
    return False


kept = ('', '')  # the folder in which pictures are kept, and what their names begin with


def keep_pictures(folder, prefix):
    global kept
    kept = (folder or '', prefix)


def picture(heading, screen):
    """What was to be seen, for the reader; and into a file of its own where that is wanted."""
    folder, prefix = kept
    note(f'{heading}, on {prefix}')
    lines = screen.split('\n')
    # screens are mostly empty
    empty = [set(line) <= set(' │') for line in lines]
    print('\n'.join(f'    {line}' for at, line in enumerate(lines) if not (empty[at] and at > 0 and empty[at - 1])))
    if folder:
        os.makedirs(folder, exist_ok=True)
        name = re.sub(r'[^a-z0-9]+', '-', f'{prefix} {heading}'.lower())
        with open(os.path.join(folder, f'{name}.txt'), 'w', encoding='utf-8') as file:
            file.write(f'{screen}\n')
