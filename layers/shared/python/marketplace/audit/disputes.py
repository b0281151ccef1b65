"""The promises about disputes, as predicates over a View.

C1 a dispute's record and its order say the same: an open one freezes the order, and what was decided is what moved
C2 nobody of the first decision decides its appeal, and above the limit nobody decides alone
C3 one offer is accepted at most, by the other side, before its time was over, and the money follows it
C4 an agreement that asks for the goods back has its return, and nothing is refunded before that return ends
C5 after a late appeal the buyer has once what it gave them, or the seller has once what it gave them
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from marketplace.audit.money import Predicate
from marketplace.audit.view import View, Violation
from marketplace.disputes.desk import APPEALABLE_FROM
from marketplace.disputes.model import ACCEPTED, Decision, Dispute, Offer
from marketplace.disputes.verdicts import needs_two
from marketplace.ledger.made_good import KIND as MADE_GOOD_BOOKED
from marketplace.ledger.postings import commission_on
from marketplace.orders.model import Order
from marketplace.orders.rules import is_over
from marketplace.payments.refund_model import Cause, Refund

# Where an order of the present process stands while nobody has decided its dispute, and once somebody has.
_UNDECIDED = frozenset({"disputed", "negotiating", "dispute_review"})
_AT_BANK = frozenset({"charged_back", "lost_to_chargeback"})
_DIVIDES = frozenset({"decide", "decide_appeal", "decision_overdue", "agree"})  # moves
_DIVIDES_NOTHING = frozenset({"claim.dropped", "settlement.return"})  # the order goes on by itself
_CARRIED_OUT = frozenset({"released", "refunded", "split"})


def records_agree(view: View) -> Iterator[Violation]:
    """C1."""
    orders = {order.order_id: order for order in view.orders}
    for dispute in view.disputes:
        order = orders[dispute.order_id]
        if order.process_version < APPEALABLE_FROM:
            continue
        waits, decided = dispute.decision is None, _carried_out(dispute, order)
        if waits and order.state not in _UNDECIDED | _AT_BANK:
            yield Violation("C1", dispute.dispute_id, f"nobody decided it, and the order is {order.state}")
        if not waits and order.state in _UNDECIDED:
            yield Violation("C1", dispute.dispute_id, f"it is decided, and the order is {order.state}")
        if decided and order.award and order.state in _CARRIED_OUT:
            parts = (order.award.refund_minor, order.award.seller_minor)
            fair = (decided.refund_minor, decided.seller_minor)
            if parts != fair:
                yield Violation("C1", dispute.dispute_id, f"decided {fair}, awarded {parts}")


def nothing_moves_beside_a_decision(view: View) -> Iterator[Violation]:
    """C1: a return from before gives nothing back beside a decision, and silence overtakes no answer."""
    orders = {order.order_id: order for order in view.orders}
    unanswered = {move.order_id for move in view.moves if move.name == "answer_overdue"}
    back = _given_back_by_returns(view)
    for dispute in view.disputes:
        order = orders[dispute.order_id]
        if _carried_out(dispute, order) and is_over(order) and back[order.order_id]:
            yield Violation("C1", dispute.dispute_id, f"{back[order.order_id]} given back beside the decision")
        if dispute.answered_at and dispute.order_id in unanswered:
            yield Violation("C1", dispute.dispute_id, "answered, and moved on for want of an answer")


def judges_are_others(view: View) -> Iterator[Violation]:
    """C2."""
    orders = {order.order_id: order for order in view.orders}
    for dispute in view.disputes:
        first, second = dispute.decision, dispute.appeal.decision if dispute.appeal else None
        for decided in (first, second):
            if decided and decided.is_by_person and _is_alone(decided, orders[dispute.order_id]):
                yield Violation("C2", dispute.dispute_id, "somebody decided alone")
        if first and second and _people(first) & _people(second):
            yield Violation("C2", dispute.dispute_id, "somebody judged twice")


def offers_bind_once(view: View) -> Iterator[Violation]:
    """C3."""
    for dispute in view.disputes:
        accepted = [each for each in dispute.offers if each.state == ACCEPTED]
        for offer in accepted:
            if offer.ended_at is None or offer.ended_at >= offer.expires_at:
                yield Violation("C3", offer.offer_id, f"accepted at {offer.ended_at}, over at {offer.expires_at}")
        agreed = {(each.refund_minor, each.at) for each in (*dispute.past, dispute.decision) if each}
        if any((each.refund_minor, each.ended_at) not in agreed for each in accepted):
            yield Violation("C3", dispute.dispute_id, "an accepted offer is not what was decided")
        if len({each.ended_at for each in accepted}) != len(accepted):
            yield Violation("C3", dispute.dispute_id, f"{len(accepted)} offers accepted at once")


def goods_come_back_first(view: View) -> Iterator[Violation]:
    """C4."""
    returns = {each.return_id: each for each in view.returns}
    orders = {order.order_id: order for order in view.orders}
    for dispute, offer in _accepted(view.disputes):
        found = returns.get(offer.return_id)
        if not offer.return_needed:
            continue
        if found is None or found.quoted_minor != offer.refund_minor:
            yield Violation("C4", offer.offer_id, f"wants the goods back, and {offer.return_id} is not that")
        elif not found.is_over and orders[dispute.order_id].refunded_minor:
            yield Violation("C4", offer.offer_id, "refunded while the goods are on their way")


def late_appeals_pay_once(view: View) -> Iterator[Violation]:
    """C5."""
    orders = {order.order_id: order for order in view.orders}
    made_good: Counter[str] = Counter()
    for booked in view.ledger:
        if booked.kind == MADE_GOOD_BOOKED:
            made_good[booked.book] += max(leg.amount_minor for leg in booked.postings)
    for dispute in view.disputes:
        more_minor = _more(dispute)
        order = orders[dispute.order_id]
        given = _given_by_appeal(view.refunds, dispute)
        paid, wanted = made_good[order.order_id], _wanted(dispute, order)
        # Goods that came back since, and refunds beside, leave less to make good: see disputes/made_good.py.
        fair = paid <= wanted if order.refunded_after_minor else paid == wanted
        if given != max(0, more_minor) or not fair:
            seen = f"{given} refunded of {max(0, more_minor)}, {paid} made good of {wanted}"
            yield Violation("C5", dispute.dispute_id, seen)


DISPUTES: Sequence[Predicate] = (
    records_agree,
    nothing_moves_beside_a_decision,
    judges_are_others,
    offers_bind_once,
    goods_come_back_first,
    late_appeals_pay_once,
)


def _carried_out(dispute: Dispute, order: Order) -> Decision | None:
    """Return the decision that the order's award carries out: a later appeal moves money beside it."""
    appeal, first = dispute.appeal, dispute.decision
    if order.process_version < APPEALABLE_FROM or first is None or first.clause in _DIVIDES_NOTHING:
        return None
    in_time = appeal.decision if appeal and not appeal.after_end else None
    return in_time or first


def _is_alone(decided: Decision, order: Order) -> bool:
    amount_minor = decided.refund_minor + decided.seller_minor
    return needs_two(amount_minor, order.currency) and decided.approved_by in {"", decided.decided_by}


def _people(decided: Decision) -> frozenset[str]:
    return frozenset({decided.decided_by, decided.approved_by}) - {""} if decided.is_by_person else frozenset()


def _accepted(disputes: Iterable[Dispute]) -> Iterator[tuple[Dispute, Offer]]:
    for dispute in disputes:
        for offer in dispute.offers:
            if offer.state == ACCEPTED:
                yield dispute, offer


def _given_back_by_returns(view: View) -> Mapping[str, int]:
    """Sum what returns gave back after an order's end, that were open when a decision divided its money."""
    divided = {move.order_id: move.at for move in view.moves if move.name in _DIVIDES}
    ended = {order.order_id: order.ended_at for order in view.orders if order.ended_at}
    back: defaultdict[str, int] = defaultdict(int)
    for each in view.returns:
        decided_at, over = divided.get(each.order_id), ended.get(each.order_id)
        if decided_at is None or over is None or not each.refund_minor:
            continue
        begun, done = each.log[0].at, each.log[-1].at
        if begun <= decided_at and begun < over <= done:
            back[each.order_id] += each.refund_minor
    return back


def _given_by_appeal(refunds: Iterable[Refund], dispute: Dispute) -> int:
    """Sum what the marketplace decided to give back of an order since its late appeal."""
    appeal = dispute.appeal
    if appeal is None or not appeal.after_end:
        return 0
    of_order = (each for each in refunds if each.order_id == dispute.order_id and each.cause == Cause.DECISION)
    return sum(each.amount_minor for each in of_order if each.requested_at >= appeal.at)


def _more(dispute: Dispute) -> int:
    """Return what a late appeal gave the buyer more than the first decision; below zero, it gave it to the seller."""
    appeal, first = dispute.appeal, dispute.decision
    if appeal is None or first is None or not appeal.after_end or appeal.decision is None:
        return 0
    return appeal.decision.refund_minor - first.refund_minor


def _wanted(dispute: Dispute, order: Order) -> int:
    """Return what the platform owes a seller whom a late appeal proved right: their part, after the commission."""
    first, more_minor = dispute.decision, -_more(dispute)
    if first is None or more_minor <= 0:
        return 0
    whole_minor = first.seller_minor + more_minor
    return more_minor - commission_on(order, whole_minor) + commission_on(order, first.seller_minor)
