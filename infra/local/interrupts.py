"""Ctrl-C and its relatives, as one exception that can be held off for the few lines that must not be torn apart."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from infra.local.trouble import Trouble

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Never sent by a person: the watch over the child processes uses it to reach the main thread.
_ALARM = signal.SIGUSR1


class Stopped(BaseException):
    """Somebody asked the run to end. No `except Exception` may swallow it."""


class Broken(BaseException):
    """Something the run stands on is gone, which `trouble` explains. A journey that fails must not swallow it."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.sentence)
        self.trouble = trouble


class Interrupts:
    """Turns signals into exceptions in the main thread, from `listen` on."""

    def __init__(self) -> None:
        self._held = False
        self._waiting: BaseException | None = None
        self._alarm: Trouble | None = None

    def listen(self) -> None:
        """Raise Stopped on the signals that ask for an end."""
        for number in _ENDING:
            signal.signal(number, self._on_ending)
        signal.signal(_ALARM, self._on_alarm)

    def ignore(self) -> None:
        """Let the tidying up run to its end, however often Ctrl-C is pressed."""
        for number in (*_ENDING, _ALARM):
            signal.signal(number, signal.SIG_IGN)

    @contextmanager
    def held_off(self) -> Iterator[None]:
        """Let nothing between start and registration of a process get lost: raise only afterwards."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._waiting is not None:
            raise self._waiting

    def alarm(self, trouble: Trouble) -> None:
        """Raise Broken in the main thread; called from any other thread."""
        self._alarm = trouble
        signal.pthread_kill(threading.main_thread().ident or 0, _ALARM)

    def _on_ending(self, number: int, _frame: FrameType | None) -> None:
        self._raise(Stopped(signal.Signals(number).name))

    def _on_alarm(self, _number: int, _frame: FrameType | None) -> None:
        if self._alarm is not None:
            self._raise(Broken(self._alarm))

    def _raise(self, exception: BaseException) -> None:
        if self._held:
            self._waiting = exception
        else:
            raise exception
