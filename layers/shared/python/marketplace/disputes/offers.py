"""Settlement offers: either side proposes how to divide the money, and the other accepts, counters or declines.

An accepted offer moves the order and closes the dispute in one transaction, under the condition that neither changed
since it was read. So of acceptance, counter-offer, withdrawal and decision exactly one happens. The end of an offer's
time needs no write: nobody accepts what had run out when they asked.

Where the offer wants the goods back, its acceptance opens a return in the same transaction, and the money follows that
return: nothing is refunded before the seller has the goods, or stays silent.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from marketplace.disputes.desk import Desk, DisputeView, award_for
from marketplace.disputes.errors import (
    AgreementHeld,
    DisputeMoved,
    OfferClosed,
    OfferMissing,
    OfferOpen,
    OwnOffer,
    TooManyOffers,
)
from marketplace.disputes.model import (
    ACCEPTED,
    COUNTERED,
    DECLINED,
    OFFERS_MAX,
    OPEN,
    PARTIES,
    WITHDRAWN,
    Decision,
    Dispute,
    DisputeDecided,
    Offer,
)
from marketplace.kit.ids import derived_id
from marketplace.kit.writes import Write
from marketplace.orders.model import BUYER, SCREENING_RETRY_SECONDS, SELLER, AwardDoesNotSum, Order, ScreeningPending
from marketplace.orders.rules import allowed
from marketplace.returns.errors import NothingToSendBack

AGREE, AGREE_RETURN = "agree", "agree_return"
OUTDATED = "outdated"
_WITHOUT_GOODS = frozenset({"not_received", "not_done"})  # reasons by which the buyer has nothing to send


class Offers(Desk):
    """What both sides propose to each other."""

    def offer(
        self,
        dispute_id: str,
        account_id: str,
        refund_minor: int,
        *,
        expires_in_hours: int,
        return_needed: bool = False,
        counters: str = "",
        by: str = "",
    ) -> DisputeView:
        """Propose to give the buyer `refund_minor` and the seller the rest; `counters` ends the other side's offer.

        Raises: DisputeMissing, TransitionRefused, AwardDoesNotSum, OfferMissing, OfferClosed, OfferOpen, TooManyOffers,
            NothingToSendBack, DisputeMoved.
        """
        dispute, role = self.case(dispute_id, account_id, by=by)
        order, now = self.order_of(dispute), self._clock.now()
        allowed(order, AGREE_RETURN if return_needed else AGREE, role)  # only while the two could still agree
        award_for(order, refund_minor)
        if return_needed:
            self._check_return(dispute, order, refund_minor)
        kept = _countered(dispute, counters, role, now) if counters else dispute.offers
        if any(each.by == role and each.state_at(now) == OPEN for each in kept):
            raise OfferOpen
        if sum(each.by == role for each in kept) >= OFFERS_MAX:
            raise TooManyOffers
        until = now + timedelta(hours=expires_in_hours)
        parts = (refund_minor, return_needed, now, until)
        made = Offer(self._ids.new("off", now), role, *parts, member_id=by, left_minor=order.left_minor)
        after = replace(dispute, offers=(*kept, made), revision=dispute.revision + 1)
        told = self._about(after, "offered", order, made, _other(role))
        self._tx.commit([self._disputes.change(dispute, after, DisputeMoved()), self._standing.unmoved(order), told])
        return DisputeView(after, order)

    def accept_offer(self, dispute_id: str, offer_id: str, account_id: str, *, by: str = "") -> DisputeView:
        """Agree to the other side's offer: the money goes as it says, at once or once the goods are back.

        Raises: DisputeMissing, OfferMissing, OwnOffer, OfferClosed, TransitionRefused, AwardDoesNotSum,
            NothingToSendBack, ReturnsMoved, ReturnRefused, ScreeningPending, AgreementHeld, DisputeMoved.
        """
        dispute, role = self.case(dispute_id, account_id, by=by)
        order, now = self.order_of(dispute), self._clock.now()
        found = _open(dispute, offer_id, now)
        if found.by == role:
            raise OwnOffer
        if found.left_minor not in {0, order.left_minor}:
            raise OfferClosed(state=OUTDATED)  # a refund, or a bank, has changed what it divides
        award = award_for(order, found.refund_minor)
        if award.seller_minor and not found.return_needed:
            self._check_not_held(order)
        facts: dict[str, str | int] = {"offer_id": offer_id, **({"member_id": by} if by else {})}
        return_id = derived_id("rtn", dispute_id, offer_id) if found.return_needed else ""
        step = (
            self._mover.plan(order, AGREE_RETURN, role, facts={**facts, "return_id": return_id}, **_arrived(order, now))
            if return_id
            else self._mover.plan(order, AGREE, role, decided=award, facts=facts)
        )
        back = self._returns.plan(order, award.refund_minor, return_id, role) if return_id else []
        clause = "settlement.return" if return_id else "settlement.agreed"
        accepted = _ended(dispute.offers, found, ACCEPTED, by or account_id, now, return_id=return_id)
        decision = Decision(award.refund_minor, award.seller_minor, clause, "", PARTIES, now)
        after = replace(dispute, offers=accepted, decision=decision, revision=dispute.revision + 1)
        told = self.tell(after, "agreed_return" if return_id else "agreed", step.after)
        self._tx.commit([*step.writes, *back, self._disputes.change(dispute, after, DisputeMoved()), told])
        return DisputeView(after, step.after)

    def decline_offer(self, dispute_id: str, offer_id: str, account_id: str, *, by: str = "") -> DisputeView:
        """Refuse the other side's offer.

        Raises: DisputeMissing, OfferMissing, OwnOffer, OfferClosed, DisputeMoved.
        """
        return self._end(dispute_id, offer_id, account_id, DECLINED, by=by)

    def withdraw_offer(self, dispute_id: str, offer_id: str, account_id: str, *, by: str = "") -> DisputeView:
        """Take back an offer of one's own side.

        Raises: DisputeMissing, OfferMissing, OwnOffer, OfferClosed, DisputeMoved.
        """
        return self._end(dispute_id, offer_id, account_id, WITHDRAWN, by=by)

    def _check_not_held(self, order: Order) -> None:
        """Let nobody pay the seller by agreement while the fraud rules, or a person, have still to look."""
        if not self._screenings.is_screened(order.order_id):
            raise ScreeningPending(retry_after_seconds=SCREENING_RETRY_SECONDS)
        if order.risk_receipt:
            raise AgreementHeld

    def _end(self, dispute_id: str, offer_id: str, account_id: str, how: str, *, by: str) -> DisputeView:
        dispute, role = self.case(dispute_id, account_id, by=by)
        order, now = self.order_of(dispute), self._clock.now()
        found = _open(dispute, offer_id, now)
        if (found.by == role) != (how == WITHDRAWN):
            raise OwnOffer
        if dispute.decision:
            raise DisputeDecided
        offers = _ended(dispute.offers, found, how, by or account_id, now)
        after = replace(dispute, offers=offers, revision=dispute.revision + 1)
        told = self._about(after, f"offer_{how}", order, found, _other(role))
        self._tx.commit([self._disputes.change(dispute, after, DisputeMoved()), told])
        return DisputeView(after, order)

    def _check_return(self, dispute: Dispute, order: Order, refund_minor: int) -> None:
        """Refuse to ask for goods that never came, that cannot travel, or for nothing in exchange."""
        if dispute.reason in _WITHOUT_GOODS:
            raise NothingToSendBack
        if not refund_minor:
            raise AwardDoesNotSum(fields={"refund_minor": "at_least_1_where_goods_come_back"})
        self._returns.check(order)

    def _about(self, dispute: Dispute, what: str, order: Order, offer: Offer, only: str) -> Write:
        return self.tell(dispute, what, order, once=offer.offer_id, only=only, refund_minor=offer.refund_minor)


def _open(dispute: Dispute, offer_id: str, now: datetime) -> Offer:
    found = next((each for each in dispute.offers if each.offer_id == offer_id), None)
    if found is None:
        raise OfferMissing
    if found.state_at(now) != OPEN or dispute.decision:
        raise OfferClosed(state=found.state_at(now))
    return found


def _countered(dispute: Dispute, offer_id: str, role: str, now: datetime) -> tuple[Offer, ...]:
    found = _open(dispute, offer_id, now)
    if found.by == role:
        raise OwnOffer
    return _ended(dispute.offers, found, COUNTERED, "", now)


def _ended(
    offers: Iterable[Offer], which: Offer, how: str, by: str, now: datetime, *, return_id: str = ""
) -> tuple[Offer, ...]:
    ended = replace(which, state=how, ended_at=now, ended_by=by, return_id=return_id)
    return tuple(ended if each == which else each for each in offers)


def _arrived(order: Order, now: datetime) -> dict[str, Any]:
    """Say that the goods are with the buyer, on the word of both, where nobody has shown it before."""
    return {} if order.delivered_at else {"delivered_at": now, "delivered_by": BUYER}


def _other(role: str) -> str:
    return SELLER if role == BUYER else BUYER
