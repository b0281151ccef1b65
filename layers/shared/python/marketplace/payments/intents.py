"""Intent -> call -> record: the one mechanism by which money leaves the platform.

The intent is committed with the business fact that wants it. `perform` makes the call under the intent's own key and
records the result, its ledger entries and whatever else follows in one transaction. It may die anywhere and be run
again by anybody:

- the key is young: the same call again, and Stripe answers with the same object;
- Stripe's answer is unknown or a failure that its key replays: the object is looked up and adopted when it is there;
- the key is older than Stripe promises to remember: only look-up; what is not found is parked for a person.
"""

from collections.abc import Callable, Sequence

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.payments.model import Intent, IntentKind, IntentState, StripeRefused
from marketplace.payments.ports import Payments, StripePayments

KEY_TOO_OLD = "key_too_old_and_nothing_found"


class Intents:
    """Performs intents."""

    def __init__(self, *, clock: Clock, transactions: Transactions, payments: Payments, stripe: StripePayments) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._stripe = stripe

    def perform(
        self,
        intent: Intent,
        *,
        charge_id: str,
        destination: str | None,
        record: Callable[[str], Sequence[Write]],
    ) -> IntentState:
        """Bring an intent to done or parked; `record` turns the result's id into the writes that go with it.

        Raises: Unavailable when it stays open and must be performed again.
        """
        if intent.state is not IntentState.OPEN:
            return intent.state
        try:
            result_id = self._result(intent, charge_id, destination)
        except StripeRefused as refused:
            return self._close(intent, [self._payments.park_intent(intent, refused.reason)], IntentState.PARKED)
        if result_id is None:
            return self._close(intent, [self._payments.park_intent(intent, KEY_TOO_OLD)], IntentState.PARKED)
        writes = [self._payments.finish_intent(intent, result_id), *record(result_id)]
        return self._close(intent, writes, IntentState.DONE)

    def _result(self, intent: Intent, charge_id: str, destination: str | None) -> str | None:
        if not intent.key_is_good(self._clock.now()):
            return self._find(intent, charge_id)
        try:
            return self._call(intent, charge_id, destination)
        except Unavailable:
            found = self._find(intent, charge_id)
            if found is None:
                raise
            return found

    def _call(self, intent: Intent, charge_id: str, destination: str | None) -> str:
        if intent.kind is IntentKind.TRANSFER:
            if destination is None:
                raise StripeRefused("seller_has_no_account")
            return self._stripe.transfer(intent, destination=destination, charge_id=charge_id)
        return self._stripe.refund(intent, charge_id=charge_id)

    def _find(self, intent: Intent, charge_id: str) -> str | None:
        if intent.kind is IntentKind.TRANSFER:
            return self._stripe.find_transfer(intent)
        return self._stripe.find_refund(intent, charge_id=charge_id)

    def _close(self, intent: Intent, writes: Sequence[Write], state: IntentState) -> IntentState:
        try:
            self._tx.commit(writes)
        except Conflict:
            # Somebody else recorded it first: any of the writes may be the one that says so.
            after = self._payments.intent(intent.intent_id)
            if after is None or after.state is IntentState.OPEN:
                raise Unavailable(retry_after_seconds=1) from None
            return after.state
        return state
