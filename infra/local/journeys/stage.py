"""Where the journeys are played: addresses, the wait for things that take time, and the mail that was sent."""

import re
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any, Protocol, TypeVar

from infra.local.journeys.exchange import Exchange, Reply
from infra.local.journeys.story import JourneyFailed

T = TypeVar("T")

SOON_SECONDS = 45.0  # for what only takes work; far above what it takes, so that a busy machine is no failure
LOOK_AGAIN_SECONDS = 0.25
LOOK_AGAIN_SECONDS_MAX = 1.0
_LOOK_LESS_OFTEN = 1.3


class Place(Protocol):
    """A running marketplace: infra.local.cloud.Cloud, or a test's."""

    @property
    def api_url(self) -> str: ...

    @property
    def stripe_url(self) -> str: ...

    @property
    def emulator_url(self) -> str: ...

    @property
    def table_prefix(self) -> str: ...

    @property
    def mail_url(self) -> str: ...

    @property
    def admin_email(self) -> str: ...

    @property
    def timers(self) -> str: ...

    @property
    def recovery_delay_seconds(self) -> int | None: ...


class Sender(Protocol):
    """Whatever carries requests."""

    def send(self, method: str, url: str, headers: Any, body: bytes | None = None) -> Reply: ...

    def close(self) -> None: ...


class CurtainFell(BaseException):
    """The run ends; a journey that is still being played stops without a word."""


class Stage:
    """One run's surroundings, shared by its journeys."""

    def __init__(self, place: Place, new_sender: Callable[[], Sender] = Exchange) -> None:
        self.place = place
        self._new_sender = new_sender
        self._senders: list[Sender] = []
        self.tag = secrets.token_hex(3)  # makes this run's addresses new, also in a marketplace that was kept
        self._over = threading.Event()

    def sender(self) -> Sender:
        """Return a carrier of requests for one thread; `end` closes it."""
        self._senders.append(self._new_sender())
        return self._senders[-1]

    def end(self) -> None:
        """Stop every journey at its next wait, and hang up."""
        self._over.set()
        for sender in self._senders:
            sender.close()

    @property
    def over(self) -> bool:
        """Tell whether the run has ended."""
        return self._over.is_set()

    def ends_within(self, seconds: float) -> bool:
        """Tell whether the run ends before so many seconds have passed."""
        return self._over.wait(seconds)

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        if self._over.wait(seconds):
            raise CurtainFell

    def now(self) -> float:
        """Return seconds on a clock that only goes forward."""
        return time.monotonic()

    def time(self) -> float:
        """Return the seconds since 1970, as an authenticator app needs them."""
        return time.time()

    def until(
        self, what: str, look: Callable[[], T], holds: Callable[[T], bool], within_seconds: float = SOON_SECONDS
    ) -> T:
        """Look until it holds, and return what was seen.

        Raises:
            JourneyFailed: it did not within the time; the sentence says what was seen last.
        """
        deadline, between = self.now() + within_seconds, LOOK_AGAIN_SECONDS
        while True:
            seen = look()
            if holds(seen):
                return seen
            if self.now() > deadline:
                raise JourneyFailed(f"waited {within_seconds:.0f} s for {what}; the last look showed {_short(seen)}")
            self.pause(between)
            between = min(between * _LOOK_LESS_OFTEN, LOOK_AGAIN_SECONDS_MAX)

    def mails(self) -> list[dict[str, Any]]:
        """Return every mail that was sent, the oldest first."""
        with closing(self._new_sender()) as sender:
            reply = sender.send("GET", self.place.mail_url, {})
        boxes = reply.json.get("messages", {})
        return sorted((mail for box in boxes.values() for mail in box), key=lambda mail: float(mail["Timestamp"]))

    def mail_to(self, address: str, containing: str, *, known: int = 0) -> dict[str, Any]:
        """Wait for the newest mail to an address whose text contains something, beyond so many that are known."""

        def look() -> list[dict[str, Any]]:
            return [each for each in self.mails() if address in each["To"] and containing in each["BodyText"]]

        return self.until(f"a mail to {address} with {containing}", look, lambda found: len(found) > known)[-1]


def link_token(mail: dict[str, Any], path: str = "") -> str:
    """Return the token in a mailed link, or in the one that leads to this page."""
    found = re.search(rf"{re.escape(path)}[?&]token=([^\s&]+)", mail["BodyText"])
    if found is None:
        raise JourneyFailed(f"the mail {mail['Subject']!r} holds no link with a token")
    return found[1]


def _short(seen: object) -> str:
    if isinstance(seen, dict):
        seen = {name: seen[name] for name in ("state", "status", "code", "under_review") if name in seen} or seen
    text = repr(seen)
    return text if len(text) <= 300 else f"{text[:300]} ..."  # noqa: PLR2004 - a line or two
