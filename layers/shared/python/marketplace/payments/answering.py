"""Banks' cases: followed as Stripe tells them, answered once, from the orders' own record, before their deadline.

An answer is decided and frozen in the case first, then sent under the case's own key, then recorded: it may die
anywhere and be run again by anybody. Stripe counts submissions, so that what was sent without our hearing is seen. The
answer goes by itself when the record shows delivery and no request, and a day before the deadline with whatever there
is; where the record is the buyer's, it is left to people.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from marketplace.kit.clock import Clock, to_text
from marketplace.kit.errors import Conflict, DomainError, Unavailable
from marketplace.kit.principal import Principal
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import STRIPE, Order, OrderMissing, OwnCase
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.orders.rules import allowed_actions
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payments.bank_case import ASKS_MAX, Answer, AnswerGiven, BankCase, BankCaseMissing, seen, told_of
from marketplace.payments.bank_record import OrderRecord, answers_by_itself, is_the_buyers
from marketplace.payments.evidence import BuyerRecord, evidence_of
from marketplace.payments.model import Payment, StripeDispute, StripeRefused
from marketplace.payments.ports import BankCaseRows, StripePayments

Recording = Callable[[Order, datetime], OrderRecord]  # reads the rest of an order as it was read at that moment
SYSTEM_ITSELF = "system"
BATCH_MAX = 25  # cases in one round


class BankCases:
    """Keeps banks' cases, and answers them."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        cases: BankCaseRows,
        orders: Orders,
        stripe: StripePayments,
        outbox: Outbox,
        buyer: Callable[[Order], BuyerRecord],
        recorded: Recording,
        mover: Mover,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._cases = cases
        self._orders = orders
        self._stripe = stripe
        self._outbox = outbox
        self._buyer = buyer
        self._recorded = recorded
        self._mover = mover

    def known(self, dispute_id: str) -> BankCase | None:
        """Return the case as it is kept. Read it before asking Stripe: an older look then never wins over a newer."""
        return self._cases.read(dispute_id)

    def note(self, known: BankCase | None, payment: Payment, orders: Sequence[Order], found: StripeDispute) -> BankCase:
        """Bring the case up to what Stripe shows, and tell the orders' parties what changed.

        Raises: Unavailable when somebody else did meanwhile: look again.
        """
        after = seen(known, payment.payment_id, payment.order_ids, found, self._clock.now())
        if after == known:
            return after
        stored = [self._cases.change(known, after)] if known else self._cases.open(after)
        unbooked = found.amount_in(payment.currency) is None and found.status != "lost"  # lost, it waits on: see below
        waits = after.inquiry or unbooked
        stored = [*stored, *(self._waiting(after, orders) if waits else [])]
        kind = told_of(known, after)
        heard = [each for each in orders if unbooked or kind is None or not _says_itself(each, kind)]
        told = [self._event(kind, each, after) for each in heard] if kind else []
        self._commit([*stored, *told])
        return after

    def _waiting(self, case: BankCase, orders: Sequence[Order]) -> list[Write]:
        """Return what lets the release of each order wait while the bank asks, and go on when it is done.

        A chargeback freezes the order itself: what waited for the question then waits for that. One that cannot be
        booked does not: its release waits as for a question, until the night's comparison stops it.
        """
        until = None if case.is_closed else case.opened_at + ASKS_MAX
        asking = self._asks_still(case, orders) if until is None else []
        if asking:
            return [self._cases.change(each, each) for each in asking]  # as read: the last one lets it go on
        writes: list[Write] = []
        for order in orders:
            waits = self._mover.ask(order, until)
            told = [self._event("release_waits", order, case, due_at=until)] if waits and until else []
            writes += [*waits, *told]
        return writes

    def _asks_still(self, closed: BankCase, orders: Sequence[Order]) -> list[BankCase]:
        """Return the payment's other cases for which a release waits: open questions, and what may not be booked."""
        others = (each for each in self._cases.of_payment(closed.payment_id) if each.dispute_id != closed.dispute_id)
        own = {order.currency for order in orders}
        kept = (each for each in others if not each.is_closed or each.status == "lost")
        return [each for each in kept if each.inquiry or each.currency not in own]

    def automatically(self, case: BankCase) -> None:
        """Answer at once what the record answers by itself, and finish an answer that is under way.

        Raises: Unavailable when it stays under way.
        """
        if case.answer is Answer.NONE and case.can_be_answered:
            records = self._records(case, only_arrived=True)
            case = self._want(case, SYSTEM_ITSELF, records) if answers_by_itself(records) else case
        if case.answer is Answer.WANTED:
            self._send(case)

    def tend(self) -> int:
        """Remind, and answer what nobody has answered a day before the deadline; return how many cases failed.

        Raises: ExceptionGroup, at the end, of what only a person can put right.
        """
        failed, broken = 0, list[Exception]()
        for dispute_id in self._cases.due(self._clock.now(), BATCH_MAX):
            try:
                self._tend(dispute_id)
            except DomainError:
                failed += 1
            except Exception as error:  # noqa: BLE001 - our own mistake about one case is told when the others are done
                error.add_note(dispute_id)
                broken.append(error)
        if broken:
            raise ExceptionGroup("banks' cases that are not understood", broken)
        return failed

    def answer(self, dispute_id: str, staff: Principal) -> BankCase:
        """Send the evidence as somebody of the staff; it stays under way when Stripe cannot be heard.

        What is under way already is sent again at once, as it was frozen.

        Raises: BankCaseMissing; OwnCase; AnswerGiven; BankCaseMoved.
        """
        case = self._of_staff(dispute_id, staff)
        if case.answer is not Answer.WANTED and not case.can_be_answered:
            raise AnswerGiven
        wanted = case if case.answer is Answer.WANTED else self._want(case, staff.account_id, self._records(case))
        try:
            self._send(wanted)
        except Unavailable:
            return wanted  # the sweep goes on with it
        return self._cases.read(dispute_id) or wanted

    def read(self, dispute_id: str, staff: Principal) -> BankCase:
        """Return a case with its evidence: what was sent, or what would be.

        Raises: BankCaseMissing; OwnCase.
        """
        case = self._of_staff(dispute_id, staff)
        return case if case.evidence else replace(case, evidence=self._evidence(case, self._records(case)))

    def page(self, queue: str, cursor: str | None, limit: int) -> Rows[BankCase]:
        """Return one page of a queue, the nearest deadline first."""
        names = self._cases.page(queue, cursor, limit)
        return Rows(tuple(self._cases.read_many(names.items)), names.cursor)

    def of_order(self, order_id: str, account_id: str, *, staff: bool = False) -> list[BankCase]:
        """Return what banks ask about an order's payment, to its parties and to staff.

        Raises: OrderMissing for anybody else.
        """
        order = self._orders.read(order_id)
        if order is None or (order.party(account_id) is None and not staff):
            raise OrderMissing
        return self._cases.of_payment(order.payment_id)

    def _of_staff(self, dispute_id: str, staff: Principal) -> BankCase:
        case = self._cases.read(dispute_id)
        if case is None:
            raise BankCaseMissing
        if any(order.party(staff.account_id) for order in self._orders.read_many(case.order_ids)):
            raise OwnCase
        return case

    def _tend(self, dispute_id: str) -> None:
        case = self._cases.read(dispute_id)
        if case is None or case.acts_at is None or self._clock.now() < case.acts_at:
            return  # the index was behind
        if case.answer is Answer.WANTED:
            self._send(case)
        elif case.is_left_to_people:
            self._over(replace(case, answer=Answer.MISSED), case)
        elif not case.reminded:
            self._remind(case)
        elif is_the_buyers(records := self._records(case)):
            self._over(replace(case, answer=Answer.LEFT), case)
        else:
            self._send(self._want(case, SYSTEM_ITSELF, records))

    def _remind(self, case: BankCase) -> None:
        after = replace(case, reminded=True, revision=case.revision + 1)
        orders = self._orders.read_many(case.order_ids)
        self._commit([self._cases.change(case, after), *(self._event("answer_due", each, after) for each in orders)])

    def _want(self, case: BankCase, asked_by: str, records: Sequence[OrderRecord]) -> BankCase:
        """Freeze what will be sent, of the records by which that was decided: whoever sends it sends the same."""
        found = self._stripe.read_dispute(case.dispute_id)
        after = replace(
            case,
            answer=Answer.WANTED,
            asked_by=asked_by,
            asked_at=self._clock.now(),
            evidence=self._evidence(case, records),
            answers_before=found.submissions,
            attempt=case.attempt + (case.answer is Answer.REFUSED),
            why_refused=None,
            revision=case.revision + 1,
        )
        self._tx.commit([self._cases.change(case, after)])
        return after

    def _send(self, case: BankCase) -> None:
        found = self._stripe.read_dispute(case.dispute_id)
        if found.submissions > case.answers_before:
            return self._sent(case)  # an earlier call had done it after all
        if found.inquiry is not case.inquiry and not found.closed:
            raise Unavailable  # what was frozen is for another question: `note` asks anew once it hears of that
        if found.closed:
            return self._over(replace(case, answer=Answer.MISSED), case)  # `note` says how it ended, and tells it
        if not case.key_is_good(self._clock.now()):  # its answer would be a saved one, or none
            again = replace(case, attempt=case.attempt + 1, asked_at=self._clock.now(), revision=case.revision + 1)
            self._commit([self._cases.change(case, again)])
            case = again
        try:
            self._stripe.submit_evidence(case.dispute_id, case.evidence, case.stripe_key)
        except StripeRefused as no:
            return self._over(replace(case, answer=Answer.REFUSED, why_refused=no.reason), case)
        return self._sent(case)

    def _sent(self, case: BankCase) -> None:
        after = replace(case, answer=Answer.SENT, answered_at=self._clock.now(), revision=case.revision + 1)
        orders = self._orders.read_many(case.order_ids)
        writes = [self._cases.change(case, after), *(self._event("evidence_sent", each, after) for each in orders)]
        self._unless_done(case, writes)

    def _over(self, after: BankCase, case: BankCase) -> None:
        changed = replace(after, changed_at=self._clock.now(), revision=case.revision + 1)
        self._unless_done(case, [self._cases.change(case, changed)])

    def _unless_done(self, case: BankCase, writes: Sequence[Write]) -> None:
        try:
            self._tx.commit(writes)
        except Conflict:
            after = self._cases.read(case.dispute_id)
            if after is None or after.answer is Answer.WANTED:
                raise Unavailable(retry_after_seconds=1) from None

    def _commit(self, writes: Sequence[Write]) -> None:
        try:
            self._tx.commit(writes)
        except Conflict:
            raise Unavailable(retry_after_seconds=1) from None

    def _records(self, case: BankCase, *, only_arrived: bool = False) -> list[OrderRecord]:
        """Read the orders with all that is recorded of them; nothing where one of `only_arrived` has not."""
        at = self._clock.now()  # before the reads: what comes after it may be missing
        orders = self._orders.read_many(case.order_ids)
        if only_arrived and any(each.delivered_at is None for each in orders):
            return []
        return [self._recorded(each, at) for each in orders]

    def _evidence(self, case: BankCase, records: Sequence[OrderRecord]) -> dict[str, str]:
        buyer = self._buyer(records[0].order) if records else BuyerRecord()
        return evidence_of(records, buyer, case.reason)

    def _event(self, kind: str, order: Order, case: BankCase, *, due_at: datetime | None = None) -> Write:
        by = due_at or case.answer_by
        deadline = {"due_at": to_text(by)} if by else {}
        once = f"{case.dispute_id}#{case.inquiry}"
        told = event(
            f"chargeback.{kind}",
            order.order_id,
            self._clock.now(),
            once=once,
            order_id=order.order_id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            stripe_dispute_id=case.dispute_id,
            **deadline,
        )
        return self._outbox.publish(told)


def _says_itself(order: Order, kind: str) -> bool:
    """Say whether the order is about to move because of this, which its parties are told anyway."""
    return kind == "opened" and "charge_back" in allowed_actions(order, STRIPE)
