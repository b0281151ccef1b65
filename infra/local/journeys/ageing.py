"""Minutes pass for one session: its dates are set back in the table with the account owner's key, and that is told.

The product has no clock that could be turned, and nobody waits here for the five minutes after which a proof is old.
"""

from datetime import UTC, datetime, timedelta

from infra.local.aws import client
from infra.local.journeys.people import Person
from infra.local.journeys.story import Story
from marketplace.accounts.model import digest
from marketplace.kit.clock import to_text

MINUTES = 6  # above the five for which a proof counts (kit/step_up.py)


def grow_old(story: Story, person: Person) -> None:
    """Let the person's session have proved itself six minutes ago."""
    account_id, _, secret = person.token.partition(".")
    place = person.stage.place
    client(place.emulator_url, "dynamodb").update_item(
        TableName=f"{place.table_prefix}-sessions",
        Key={"pk": {"S": account_id}, "sk": {"S": f"session#{digest(secret)}"}},
        UpdateExpression="SET factor_at = :then, proved_at = :then, created_at = :then",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={":then": {"S": to_text(datetime.now(UTC) - timedelta(minutes=MINUTES))}},
    )
    story.tell("(the clock)", f"{MINUTES} minutes pass: the session's dates are set back by that")
