"""What a run of the audit says of itself: what was broken, what was done about it, and whom nobody could look at."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketplace.kit.errors import DomainError, Unavailable

STOPPED = "stopped"
STANDING = "standing"  # its scope was stopped before
LIFTED = "lifted"  # two people looked at exactly this, and resumed
TOLD = "told"  # nothing stops for it
NOT_STOPPED = "not_stopped"


@dataclass(frozen=True, slots=True)
class Found:
    """One broken promise, and what was done about it."""

    scope: str
    rule: str
    subject: str
    seen: str
    done: str


@dataclass(slots=True)
class Report:
    """What a run found; `left` nobody could look at, `unsettled` changed at every look, `rest` is for another run."""

    since: datetime  # the end of the day that was asked for
    orders: int = 0
    sellers: int = 0
    found: list[Found] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)  # what another run may look at, or stop, with more success
    after: str = ""  # the last that was looked at: a run that was not done goes on from here
    ran_at: datetime | None = None  # its end

    @property
    def lag(self) -> timedelta:
        """How long after the end of the day that was asked for the run ended; never negative."""
        return max((self.ran_at or self.since) - self.since, timedelta())

    @property
    def is_carried_out(self) -> bool:
        """Whether everything that had to be stopped is."""
        return all(each.done != NOT_STOPPED for each in self.found)

    def leave(self, subject: str, error: Exception) -> None:
        """Tell that nobody could look at something, and why: by code or kind, for the text may hold stored values."""
        self.left.append(f"{subject} {error.code if isinstance(error, DomainError) else type(error).__name__}")
        if isinstance(error, Unavailable):
            self.repeat(subject)

    def repeat(self, subject: str) -> None:
        """Have something looked at again by the night's next run."""
        if subject not in self.again:
            self.again.append(subject)
