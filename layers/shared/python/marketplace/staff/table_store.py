"""The staff table's one kind of item, and how its lists are read.

    pk = proposal#<id>     sk = proposal                  one matter for two people
    pk = acts              sk = <time>#<id>               what staff did; times sort as text
    pk = roster            sk = head | member#<account>   how many administrators; who has which role
    pk = standing#<acc>    sk = suspension                what is taken from an account now, or was last
    pk = standing#<acc>    sk = receipt#<time>#<id>       every decision about it, never changed
    pk = visits#<acc>      sk = <id>                      who looked through the account's eyes

One sparse index lists what waits for somebody: `listed` is a proposal's state, or "appeals".
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from marketplace.kit.errors import Unavailable
from marketplace.storage.cursor import BadCursor, decode_cursor, encode_cursor
from marketplace.storage.tables import IntegerAttribute, Item, meta


class Listed(GlobalSecondaryIndex[Any]):
    """Proposals by state, and appeals that wait."""

    class Meta:
        """See data.yaml."""

        index_name = "listed"
        projection = AllProjection()

    listed = UnicodeAttribute(hash_key=True)
    listed_at = UnicodeAttribute(range_key=True)


class StaffItem(Item):
    """Any item of the table."""

    class Meta(meta("staff")):  # type: ignore[misc]
        """See data.yaml."""

    listed = UnicodeAttribute(null=True)
    listed_at = UnicodeAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    facts = JSONAttribute(null=True)
    by = UnicodeAttribute(null=True)
    reasons = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    # proposal
    concerns = UnicodeSetAttribute(null=True)
    expires = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    decision_reasons = UnicodeAttribute(null=True)
    # roster
    admins = IntegerAttribute(null=True)
    roles = UnicodeSetAttribute(null=True)
    dismissals = IntegerAttribute(null=True)  # how often a role was taken from them
    # standing
    suspension_id = UnicodeAttribute(null=True)
    scope = UnicodeAttribute(null=True)
    clause = UnicodeAttribute(null=True)
    decision = UnicodeAttribute(null=True)
    automated = BooleanAttribute(null=True)
    appeal = UnicodeAttribute(null=True)
    statement = UnicodeAttribute(null=True)
    appealed_at = UnicodeAttribute(null=True)
    lifted_at = UnicodeAttribute(null=True)
    # visit
    case = UnicodeAttribute(null=True)
    begun_at = UnicodeAttribute(null=True)
    ends_at = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    session_hash = UnicodeAttribute(null=True)

    listing = Listed()


def newest_first(partition: str, cursor: str | None, limit: int) -> tuple[list[StaffItem], str | None]:
    """Read one page of a partition from its end, consistently.

    Raises: BadCursor; Unavailable.
    """
    start = None
    if cursor is not None:
        [place] = decode_cursor(cursor, count=1)
        if "#" not in place:
            raise BadCursor
        start = {"pk": {"S": partition}, "sk": {"S": place}}
    found = StaffItem.query(
        partition,
        consistent_read=True,
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key=start,
    )
    try:
        items = list(found)
    except PynamoDBException as error:
        raise Unavailable from error
    last = found.last_evaluated_key
    return items, encode_cursor(last["sk"]["S"]) if last else None
