"""Settlement offers: either side proposes how to divide the money, and the other accepts, counters or declines.

An accepted offer moves the order and closes the dispute in one transaction, under the condition that neither changed
since it was read. So of acceptance, counter-offer, withdrawal and decision exactly one happens. The end of an offer's
time needs no write: nobody accepts what had run out when they asked.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from marketplace.disputes.desk import Desk, DisputeView, award_for
from marketplace.disputes.errors import DisputeMoved, OfferClosed, OfferMissing, OfferOpen, OwnOffer, TooManyOffers
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
from marketplace.kit.writes import Write
from marketplace.orders.model import BUYER, SELLER, Order
from marketplace.orders.rules import allowed


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
            DisputeMoved.
        """
        dispute, role = self.case(dispute_id, account_id, by=by)
        order, now = self.order_of(dispute), self._clock.now()
        allowed(order, "agree", role)  # only while the two could still agree
        award_for(order, refund_minor)
        kept = _countered(dispute, counters, role, now) if counters else dispute.offers
        if any(each.by == role and each.state_at(now) == OPEN for each in kept):
            raise OfferOpen
        if len(kept) >= OFFERS_MAX:
            raise TooManyOffers
        until = now + timedelta(hours=expires_in_hours)
        made = Offer(self._ids.new("off", now), role, refund_minor, return_needed, now, until, member_id=by)
        after = replace(dispute, offers=(*kept, made), revision=dispute.revision + 1)
        told = self._about(after, "offered", order, made, _other(role))
        self._tx.commit([self._disputes.change(dispute, after, DisputeMoved()), self._standing.unmoved(order), told])
        return DisputeView(after, order)

    def accept_offer(self, dispute_id: str, offer_id: str, account_id: str, *, by: str = "") -> DisputeView:
        """Agree to the other side's offer: the money goes as it says.

        Raises: DisputeMissing, OfferMissing, OwnOffer, OfferClosed, TransitionRefused, AwardDoesNotSum, DisputeMoved.
        """
        dispute, role = self.case(dispute_id, account_id, by=by)
        order, now = self.order_of(dispute), self._clock.now()
        found = _open(dispute, offer_id, now)
        if found.by == role:
            raise OwnOffer
        award = award_for(order, found.refund_minor)
        facts: dict[str, str | int] = {"offer_id": offer_id, **({"member_id": by} if by else {})}
        step = self._mover.plan(order, "agree", role, decided=award, facts=facts)
        decision = Decision(award.refund_minor, award.seller_minor, "settlement.agreed", "", PARTIES, now)
        after = replace(
            dispute,
            offers=_ended(dispute.offers, found, ACCEPTED, by or account_id, now),
            decision=decision,
            revision=dispute.revision + 1,
        )
        told = self.tell(after, "agreed", step.after)
        self._tx.commit([*step.writes, self._disputes.change(dispute, after, DisputeMoved()), told])
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


def _ended(offers: Iterable[Offer], which: Offer, how: str, by: str, now: datetime) -> tuple[Offer, ...]:
    return tuple(replace(each, state=how, ended_at=now, ended_by=by) if each == which else each for each in offers)


def _other(role: str) -> str:
    return SELLER if role == BUYER else BUYER
