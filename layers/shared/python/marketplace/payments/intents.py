"""Intent -> call -> record: the one mechanism by which money leaves the platform.

What leaves sellers' accounts goes the same steps in payouts/desk.py, and what banks are answered in answering.py.

The intent is committed with the business fact that wants it. `perform` makes the call under the intent's own key and
records the result, its ledger entries and whatever else follows in one transaction. It may die anywhere and be run
again by anybody:

- the key is young: the same call again, and Stripe answers with the same object;
- Stripe's answer is unknown or a failure that its key replays: the object is looked up and adopted when it is there;
  what is not found stays open, and since when nobody knows is noted on it;
- the key is older than Stripe promises to remember: only look-up; what is not found is parked for a person;
- it is gated: that it may leave is committed on it right before the call, so that its key ages from then, however long
  it waited. For a seller's money `leave` are conditions of that, so that a call has its leave from before a stop, or is
  not made; what earlier leave may have done is looked up and adopted;
- Stripe refuses the call: parked for a person, or what `refused` says follows by itself, once a look finds nothing: a
  call before the refused one may have been done, and its answer lost. What nobody knows was never refused: it is
  parked, whatever `refused` says.

A parked intent goes on under the next attempt's key, once people decided so (desk.py); before that call, what an
earlier attempt may have done is looked up and adopted.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, DomainError, Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.payments.model import Intent, IntentKind, IntentState, StripeRefused
from marketplace.payments.ports import Payments, StripePayments

KEY_TOO_OLD = "key_too_old_and_nothing_found"


class _Unseen(StripeRefused):
    """Stripe refused to show what there is: whether the call was made, nobody knows."""


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
        refused: Callable[[str], Sequence[Write]] | None = None,
        parked: Callable[[], Sequence[Write]] = tuple,
        leave: Sequence[Write] = (),
    ) -> IntentState:
        """Bring an intent to its end or to a person; `record` turns the result's id into the writes that go with it.

        `leave` refuses with an Unavailable while the call may not be made. `refused` turns the reason for which Stripe
        refused the call into the writes that close the intent without effect instead of parking it; `parked` are those
        that go with parking.

        Raises: Unavailable when it stays open and must be performed again.
        """
        if intent.state is not IntentState.OPEN:
            return intent.state
        try:
            result_id = self._result(intent, charge_id, destination, leave, closes=refused is not None)
        except Conflict:
            return self._after(intent)  # somebody else brought it on before the call
        except StripeRefused as no:
            if refused is None or isinstance(no, _Unseen):
                return self._park(intent, no.reason, parked)
            writes = [self._payments.close_intent(intent, no.reason), *refused(no.reason)]
            return self._close(intent, writes, IntentState.CLOSED)
        if result_id is None:
            return self._park(intent, KEY_TOO_OLD, parked)
        writes = [self._payments.finish_intent(intent, result_id), *record(result_id)]
        return self._close(intent, writes, IntentState.DONE)

    def find(self, intent: Intent, *, charge_id: str) -> str | None:
        """Look at Stripe for what this intent did, under whatever key.

        Raises: Unavailable; StripeRefused.
        """
        if intent.kind is IntentKind.TRANSFER:
            return self._stripe.find_transfer(intent)
        if intent.kind is IntentKind.REVERSAL:
            return self._stripe.find_reversal(intent, transfer_id=intent.facts["transfer_id"])
        return self._stripe.find_refund(intent, charge_id=charge_id)

    def _park(self, intent: Intent, reason: str, parked: Callable[[], Sequence[Write]]) -> IntentState:
        park = self._payments.park_intent(intent, reason, self._clock.now())
        return self._close(intent, [park, *parked()], IntentState.PARKED)

    def _look(self, intent: Intent, charge_id: str) -> str | None:
        try:
            return self.find(intent, charge_id=charge_id)
        except StripeRefused as no:
            raise _Unseen(no.reason) from no

    def _result(
        self, intent: Intent, charge_id: str, destination: str | None, leave: Sequence[Write], *, closes: bool
    ) -> str | None:
        if not intent.key_is_good(self._clock.now()):
            return self._look(intent, charge_id)
        earlier = self._look(intent, charge_id) if intent.attempt else None
        if earlier is not None:
            return earlier  # an earlier attempt had done it after all
        if intent.kind is IntentKind.TRANSFER and destination is None:
            raise StripeRefused("seller_has_no_account")
        if leave or (intent.gated and intent.let_go_at is None):
            found = self._let_go(intent, charge_id, leave)
            if found is not None:
                return found
        try:
            return self._call(intent, charge_id, destination)
        except (Unavailable, StripeRefused) as no:
            if isinstance(no, Unavailable):
                found = self._found(intent, charge_id)
            else:  # which says nothing of a call before; a person who is to decide looks anyway
                found = self._look(intent, charge_id) if closes else None
            if found is None:
                raise
            return found

    def _let_go(self, intent: Intent, charge_id: str, leave: Sequence[Write]) -> str | None:
        """Note the leave; without it, return what a call with an earlier one did, or raise."""
        try:
            self._tx.commit([self._payments.let_go(intent, self._clock.now()), *leave])
        except Unavailable:
            found = self._look(intent, charge_id) if intent.let_go_at else None
            if found is None:
                raise
            return found
        return None

    def _found(self, intent: Intent, charge_id: str) -> str | None:
        """Look for what an unanswered call did, and note the doubt when that cannot be seen either."""
        try:
            found = self._look(intent, charge_id)
        except Unavailable:
            self._doubt(intent)
            raise
        if found is None:
            self._doubt(intent)
        return found

    def _doubt(self, intent: Intent) -> None:
        with suppress(DomainError):  # a note for people; what repeats the call does not need it
            self._tx.commit([self._payments.doubt_intent(intent, self._clock.now())])

    def _call(self, intent: Intent, charge_id: str, destination: str | None) -> str:
        if intent.kind is IntentKind.TRANSFER:
            return self._stripe.transfer(intent, destination=str(destination), charge_id=charge_id)
        if intent.kind is IntentKind.REVERSAL:
            return self._stripe.reverse(intent, transfer_id=intent.facts["transfer_id"])
        return self._stripe.refund(intent, charge_id=charge_id)

    def _close(self, intent: Intent, writes: Sequence[Write], state: IntentState) -> IntentState:
        try:
            self._tx.commit(writes)
        except Conflict:
            # Somebody else recorded it first: any of the writes may be the one that says so.
            return self._after(intent)
        return state

    def _after(self, intent: Intent) -> IntentState:
        after = self._payments.intent(intent.intent_id)
        if after is None or after.state is IntentState.OPEN:
            raise Unavailable(retry_after_seconds=1) from None
        return after.state
