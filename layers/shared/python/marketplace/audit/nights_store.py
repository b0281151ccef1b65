"""How far the runs of a night have come: one item a night, in the table of what they may stop."""

from datetime import date

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException

from marketplace.audit.sources import Progress
from marketplace.kit.errors import Unavailable
from marketplace.storage.tables import Item, meta

PROGRESS = "progress"


class NightItem(Item):
    """One night."""

    class Meta(meta("payouts")):  # type: ignore[misc]
        """See data.yaml."""

    after = UnicodeAttribute(null=True)
    done = BooleanAttribute()
    again = JSONAttribute(null=True)


class DynamoNights:
    """Nights by their day."""

    def of(self, day: date) -> Progress:
        item = NightItem.read(_pk(day), PROGRESS)
        return Progress(item.after or "", item.done, tuple(item.again or ())) if item else Progress()

    def note(self, day: date, progress: Progress) -> None:
        """Store how far a night has come; its runs come one after the other, and looking twice does no harm."""
        try:
            again = list(progress.again) or None
            NightItem(_pk(day), PROGRESS, after=progress.after or None, done=progress.done, again=again).save()
        except PynamoDBException as error:
            raise Unavailable from error


def _pk(day: date) -> str:
    return f"audit#{day.isoformat()}"
