"""The runs of one night: each goes on where the one before had to end, and the last one says what is left."""

from datetime import datetime

from marketplace.audit.night import Audit, Report
from marketplace.audit.sources import Nights, Progress


class Nightly:
    """Judges the day before, in as many runs as it takes."""

    def __init__(self, *, audit: Audit, nights: Nights) -> None:
        self._audit = audit
        self._nights = nights

    def go_on(self, until: datetime | None = None) -> Report | None:
        """Look at what no run of this night has looked at; None when nothing is.

        What could not be stopped is looked at again: then nothing is noted.

        Raises: Unavailable.
        """
        day = self._audit.yesterday()
        before = self._nights.of(day)
        if before.done:
            return None
        report = self._audit.of_day(day, after=before.after, until=until)
        if report.is_carried_out:
            self._nights.note(day, Progress(report.after or before.after, done=not report.rest))
        return report
