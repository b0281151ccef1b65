"""How an intent stands, as a condition of somebody else's transaction."""

from marketplace.kit.writes import Write
from marketplace.payments.model import Intent, IntentFinished
from marketplace.payments.store import INTENT, IntentItem
from marketplace.storage.transaction import Check


class DynamoLeaves:
    """Conditions on intents."""

    def as_read(self, intent: Intent) -> Write:
        """Return the condition that neither people nor a bank decided an intent since; refused with IntentFinished."""
        attempt = IntentItem.attempt == intent.attempt if intent.attempt else IntentItem.attempt.does_not_exist()
        same = (IntentItem.state == intent.state.value) & attempt
        return Check(IntentItem(intent.intent_id, INTENT), same, IntentFinished())
