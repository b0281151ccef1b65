"""The runs of one night: each goes on where the one before had to end, and the last one says what is left."""

from contextlib import suppress
from datetime import date, datetime

from marketplace.audit.night import Audit
from marketplace.audit.report import Report
from marketplace.audit.sources import Nights, Progress
from marketplace.kit.errors import Unavailable


class Nightly:
    """Judges the day before, in as many runs as it takes."""

    def __init__(self, *, audit: Audit, nights: Nights) -> None:
        self._audit = audit
        self._nights = nights

    def go_on(self, until: datetime | None = None) -> Report | None:
        """Look at what no run of this night has looked at; None when nothing is.

        What did not answer, or could not be stopped, is looked at first by the next run.

        Raises: Unavailable.
        """
        day = self._audit.yesterday()
        before = self._nights.of(day)
        if before.done:
            return None
        report = self._audit.of_day(
            day, after=before.after, again=before.again, until=until, note=lambda report: self._note(day, report)
        )
        self._note(day, report, is_over=True)
        return report

    def _note(self, day: date, report: Report, *, is_over: bool = False) -> None:
        done = is_over and not report.rest and not report.again
        with suppress(Unavailable):  # what is not noted is looked at twice, and what was found is told
            self._nights.note(day, Progress(report.after, done, tuple(report.again)))
