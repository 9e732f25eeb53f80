"""
Clients of rooms with a screen, as Debian packages them: Profanity and poezio.
Owns their settings, how each is started, and in which words each is told something and tells it.
Does not decide what is right (acts_screens.py).
Always: each has a home of its own in the run's folder; what it received is read from its own log, which has every stanza.
Before: terminal.py, report.py. After: acts_screens.py.
"""

import asyncio
import os
import pwd
import re
import shutil
import subprocess
import time
from types import SimpleNamespace

from report import Missing
from terminal import Terminal


class ScreenClient:
    name = ''
    gives_foreign_from = False  # in private messages

    def __init__(self, account, resource, nick, password):
        self.account, self.device, self.nick, self.password = account, resource, nick, password
        self.bare = f'{account}@localhost'
        self.boundjid = SimpleNamespace(full=f'{self.bare}/{resource}')
        self.participant = ''  # the stable id, and the encoded address, as those at MIX learn them
        self.shown_as = ''
        self.exempt = []
        self.log = ''
        self.terminal = None

    @property
    def stanzas(self):
        """Its log so far."""
        with open(self.log, 'rb') as file:
            return file.read()

    @property
    def tape(self):
        """All that it received, and all that it showed."""
        return self.stanzas + '\n'.join(self.terminal.pictures).encode()

    async def start(self, folder, port, ca_file):
        """Makes it a home in the folder, and starts it there."""
        home = os.path.join(folder, self.name)
        env = {'HOME': home, 'TERM': 'screen-256color', 'LANG': 'C.UTF-8', 'PATH': '/usr/bin:/bin', 'USER': 'guest'}
        for kind in ('CONFIG', 'DATA', 'CACHE', 'STATE'):
            env[f'XDG_{kind}_HOME'] = os.path.join(home, kind.lower())
            os.makedirs(os.path.join(home, kind.lower(), self.name))
        shutil.copy(ca_file, os.path.join(home, 'ca.pem'))
        self.log = os.path.join(home, 'stanzas.log')
        self.terminal = Terminal(self.name, folder)
        await self.terminal.open(self.command(home, port), env)

    @property
    def version(self):
        """As Debian counts, for poezio tells its own to nobody who is root."""
        asked = ['dpkg-query', '--show', '--showformat', '${Version}', self.name]
        return subprocess.run(asked, capture_output=True, check=True, text=True).stdout

    async def type(self, line):
        await self.terminal.type(line, line.startswith('/'))

    async def receives(self, what, pattern, since=0, limit=20):
        """Waits for something that it need not show."""
        end = time.monotonic() + limit
        while not re.search(pattern, self.stanzas[since:].decode('utf-8', 'replace')):
            if time.monotonic() > end:
                raise Missing(f'{self.name} did not receive {what} within {limit} s', self.stanzas[since:][-3000:].decode('utf-8', 'replace'))
            await asyncio.sleep(0.2)

    async def shows(self, what, *patterns):
        return await self.terminal.until(what, patterns)


class Profanity(ScreenClient):
    name = 'profanity'
    has_arrived = 'logged in successfully'
    tells_of_refusal = 'Error joining room .*, reason: forbidden'

    def command(self, home, port):
        write(home, 'data/profanity/accounts', f'''[{self.bare}]
enabled=true
jid={self.bare}
server=127.0.0.1
port={port}
resource={self.device}
password={self.password}
tls.policy=trust
presence.login=online
''')
        write(home, 'config/profanity/profrc', '''[ui]
splash=false
[notifications]
message=false
room=off
invite=false
''')
        return ['profanity', '-a', self.bare, '-l', 'DEBUG', '-f', self.log]

    async def enter(self, channel):
        await self.type(f'/join {channel} nick {self.nick}')

    async def return_to(self, channel):
        await self.enter(channel)

    async def leave(self):
        await self.type('/close')
        await self.shows('its console', 'Closed window')

    async def whisper(self, nick, text):
        await self.type(f'/msg "{nick}" {text}')

    async def shows_whisper(self, nick, text):
        await self.shows('a private message', self.said(nick, text))

    async def end_whisper(self, channel):
        await self.type(f'/win {channel}')

    def said(self, nick, text):
        return rf'- {re.escape(nick)}: {re.escape(text)}'

    def is_there(self, nick):
        """In the column on the right."""
        return rf'\s{re.escape(nick)}$'

    def has_entered(self):
        return f'You have joined the room as {re.escape(self.nick)}, role: participant'

    def was_put_out(self, channel, how, reason):
        return f'{how.capitalize()} from {re.escape(channel)}' + (f', reason: {reason}' if reason else '')


class Poezio(ScreenClient):
    name = 'poezio'
    has_arrived = 'Your JID is'
    tells_of_refusal = 'Not connected'  # but neither that it was refused nor why
    gives_foreign_from = True

    def __init__(self, account, resource, nick, password):
        super().__init__(account, resource, nick, password)
        self.boundjid.full += '-one'  # it adds the name of the device to every resource

    def command(self, home, port):
        # without logs of its own it reads the archive once it is in the room
        write(home, 'config/poezio/poezio.cfg', f'''[Poezio]
jid = {self.bare}/{self.device}
password = {self.password}
custom_host = 127.0.0.1
custom_port = {port}
device_id = one
ca_cert_path = {home}/ca.pem
ignore_certificate = true
auto_reconnect = false
use_log = false
use_remote_bookmarks = false
''')
        return [*as_nobody(home), 'poezio', '-f', f'{home}/config/poezio/poezio.cfg', '-d', self.log]

    async def enter(self, channel):
        # it asks the archive for what is older than the second before the one in which it comes
        await asyncio.sleep(2.1)
        await self.type(f'/join {channel}/{self.nick}')

    async def type(self, line):
        # its first tab takes no text, but for a slash, which opens a line for a command
        if 'Roster: ' in await self.terminal.screen():
            await self.terminal.press('/')
            await self.shows('a line for a command', r'/$')
            await self.terminal.type(line[1:], True)
        else:
            await super().type(line)

    async def return_to(self, channel):
        await self.type(f'/join {channel}/{self.nick}')

    async def leave(self):
        await self.type('/close')
        await self.shows('its first tab', 'Roster: ')

    async def whisper(self, nick, text):
        await self.type(f'/query "{nick}" {text}')

    async def shows_whisper(self, nick, text):
        await self.shows('a private tab', re.escape(f' 2.{nick}'))
        await self.type('/win 2')
        await self.shows('a private message', self.said(nick, text))

    async def end_whisper(self, _channel):
        await self.type('/close')
        # which of the other tabs comes up is its own choice
        await self.shows('another tab', r'Roster: |\(participant\)')
        await self.type('/win 1')

    def said(self, nick, text):
        return rf'{re.escape(nick)}> {re.escape(text)}'

    def is_there(self, nick):
        """In the column on the right, which is narrow."""
        return rf'│[^│]{{1,2}}{re.escape(nick[:6])}'

    def has_entered(self):
        return rf'You \({re.escape(self.nick)}\) joined the room'

    def was_put_out(self, _channel, how, reason):
        return f'You have been {how}' + (rf'\. Reason: {reason}' if reason else '')


def write(home, name, text):
    with open(os.path.join(home, name), 'w', encoding='utf-8') as file:
        file.write(text)


def as_nobody(home):
    """For what does not run as root: nobody gets the home, and may pass through the two folders that it stands in."""
    if os.geteuid() != 0:
        return []
    nobody = pwd.getpwnam('nobody')
    for folder in (os.path.dirname(home), os.path.dirname(os.path.dirname(home))):
        os.chmod(folder, 0o711)
    for folder, _folders, files in os.walk(home):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return ['setpriv', f'--reuid={nobody.pw_uid}', f'--regid={nobody.pw_gid}', '--clear-groups']
