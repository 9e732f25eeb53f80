"""
A program with a screen, in a terminal of its own (tmux), that is typed into and looked at.
Owns the terminal, the keys, the waiting for something on the screen, and the pictures that are kept.
Does not know any program (screen_clients.py) nor check anything (acts_screens.py).
Always: a tmux of its own, without anybody's configuration, that ends with the play; every wait has a limit; a picture is
the text that was to be seen.
Before: report.py. After: screen_clients.py.
"""

import asyncio
import os
import re
import signal
import time

from report import Missing

WIDTH, HEIGHT = 120, 32
SECONDS = 180


class Terminal:
    def __init__(self, name, folder):
        self.name = name
        self.pictures = []  # what was to be seen, in the order in which it was
        self._socket = os.path.join(folder, f'{name}.tmux')
        self._server = self._group = None

    async def open(self, command, env):
        """Runs a command, with nothing of the environment but this."""
        # poezio may go on for ever when its terminal has gone: at the latest it ends with the time that a play has
        words = ['env', '-i', *[f'{name}={value}' for name, value in env.items()],
                 'timeout', '--foreground', '--signal=KILL', str(SECONDS), *command]
        size = ['-x', str(WIDTH), '-y', str(HEIGHT)]
        # no daemon, or it would outlive a play that is killed
        self._server = await asyncio.create_subprocess_exec(
            'tmux', '-u', '-D', '-f', '/dev/null', '-S', self._socket, stderr=asyncio.subprocess.DEVNULL)
        await self._answers('set-option', '-g', 'remain-on-exit', 'on')
        await self._tmux('new-session', '-d', '-s', 'screen', *size, *words)
        self._group = int(await self._tmux('display-message', '-p', '-t', 'screen', '#{pane_pid}'))

    async def type(self, line, is_command):
        """
        A line, as somebody would type it. Return is not pressed before it is to be seen, and nothing more is typed before
        a command is gone: what comes in at once is taken for something pasted.
        """
        end_of_it = re.compile(re.escape(line[-24:]) + r'\s*$', re.MULTILINE)
        before = len(end_of_it.findall(await self.screen()))
        await self._tmux('send-keys', '-t', 'screen', '-l', line)
        await self.until('what is typed', lambda screen: len(end_of_it.findall(screen)) > before)
        await self.press('Enter')
        if is_command:
            await self.until('that it took the command', lambda screen: len(end_of_it.findall(screen)) <= before)

    async def press(self, key):
        await self._tmux('send-keys', '-t', 'screen', key)

    async def until(self, what, holds, limit=30):
        """The first screen of which that holds: a function of it, or patterns that are all found in it."""
        end = time.monotonic() + limit
        while True:
            screen = await self.screen()
            missing = [] if callable(holds) else [wanted for wanted in holds if not re.search(wanted, screen, re.MULTILINE)]
            if holds(screen) if callable(holds) else not missing:
                return screen
            if time.monotonic() > end:
                raise Missing(f'{self.name} did not show {what} within {limit} s', f'without {missing}:\n{screen}')
            await asyncio.sleep(0.1)

    async def screen(self):
        screen = await self._tmux('capture-pane', '-p', '-t', 'screen')
        return '\n'.join(line.rstrip() for line in screen.split('\n')).rstrip('\n')

    async def close(self):
        if self._group is not None:
            try:
                os.killpg(self._group, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it has ended by itself
        if self._server is None or self._server.returncode is not None:
            return
        self._server.terminate()
        await self._server.wait()

    async def _answers(self, *words, limit=20):
        """The first thing that tmux is told: it may take a moment before it listens."""
        end = time.monotonic() + limit
        while True:
            try:
                return await self._tmux(*words)
            except Missing:
                if self._server.returncode is not None or time.monotonic() > end:
                    raise
            await asyncio.sleep(0.05)

    async def _tmux(self, *words):
        child = await asyncio.create_subprocess_exec(
            'tmux', '-u', '-S', self._socket, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        out, err = await child.communicate()
        if child.returncode != 0:
            raise Missing(f'tmux refused "{words[0]}" for {self.name}', err.decode())
        return out.decode('utf-8', 'replace')
