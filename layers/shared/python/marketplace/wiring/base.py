"""What every part is made from: settings, time and ids."""

import os
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from marketplace.kit.clock import Clock, SystemClock
from marketplace.kit.ids import Ids, RandomIds
from marketplace.kit.settings import Settings
from marketplace.orders.timers import Timers


class Base:
    """The leaves of the composition; each further part is made on first use."""

    def __init__(
        self, settings: Settings | None = None, *, clock: Clock | None = None, ids: Ids | None = None, **given: Any
    ) -> None:
        """Take the environment's settings unless told; `given` replaces any part by its name."""
        self.settings = settings or Settings.from_environment(os.environ)
        self.clock: Clock = clock or SystemClock()
        self.ids: Ids = ids or RandomIds()
        for name, part in given.items():
            if not hasattr(type(self), name):
                raise TypeError(f"there is no part called {name}")
            self.__dict__[name] = part

    @cached_property
    def pause(self) -> Callable[[float], None]:
        return time.sleep

    @cached_property
    def timers(self) -> Timers:
        return Timers(self.settings.timers)
