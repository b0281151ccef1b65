"""Disputes under the second version of the process, brought to where a test begins."""

import hashlib
from typing import Any

from marketplace.disputes.model import Dispute
from marketplace.orders.model import Order
from tests.fakes.stored_files import FakeBucket
from tests.fakes.trade import Trade
from tests.unit.staff.making import principal_of

CONTENT = b"a photo"
FILE = {
    "content_type": "image/png",
    "size_bytes": len(CONTENT),
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
    "description": "The box.",
}
WHY = "The photos show it."


class Case:
    """One dispute and its people; each deed goes through the real services."""

    def __init__(self, trade: Trade, **given: Any) -> None:
        self.trade, self.world = trade, trade.world
        self.bucket = FakeBucket()
        self.world.given.update(uploads=self.bucket, stored_files=self.bucket)
        self.world.place_under(2)
        self.order_id = trade.delivered(**given).order_id
        self.dispute_id = ""

    @property
    def services(self) -> Any:
        return self.world.services

    @property
    def order(self) -> Order:
        return self.trade.order(self.order_id)

    @property
    def dispute(self) -> Dispute:
        return self.services.dispute_store.read(self.dispute_id)

    @property
    def people(self) -> dict[str, str]:
        return {"buyer": self.order.buyer_id, "seller": self.order.seller_id}

    def opened(self, wanted_minor: int | None = None, reason: str = "damaged") -> "Case":
        view = self.services.disputes.open(self.order_id, self.order.buyer_id, reason, "Broken.", wanted_minor)
        self.dispute_id = view.dispute.dispute_id
        self.world.drain()
        return self

    def negotiating(self, wanted_minor: int | None = None) -> "Case":
        self.opened(wanted_minor)
        self.services.disputes.answer(self.dispute_id, self.order.seller_id, "Whole.")
        self.world.drain()
        return self

    def reviewed(self, wanted_minor: int | None = None) -> "Case":
        self.negotiating(wanted_minor)
        self.services.disputes.escalate(self.dispute_id, self.order.buyer_id)
        self.world.drain()
        return self

    def decided(self, refund_minor: int, wanted_minor: int | None = None, by: str = "acc_first") -> "Case":
        self.reviewed(wanted_minor)
        self.services.disputes.decide(self.dispute_id, by, refund_minor, "5.2", WHY)
        self.world.drain()
        return self

    def appealed(self, refund_minor: int, by: str) -> "Case":
        self.decided(refund_minor)
        self.show(by)
        self.services.appeals.appeal(self.dispute_id, self.people[by], "Look at the second photo.")
        self.world.drain()
        return self

    def show(self, by: str, kind: str = "photo") -> str:
        made, form = self.services.disputes.announce_evidence(self.dispute_id, self.people[by], **FILE, kind=kind)
        self.bucket.put(form.fields["key"], CONTENT)
        self.services.disputes.confirm_evidence(self.dispute_id, self.people[by], made.evidence_id)
        self.world.drain()
        return made.evidence_id

    def offer(self, by: str, refund_minor: int, hours: int = 24, **given: Any) -> str:
        view = self.services.disputes.offer(
            self.dispute_id, self.people[by], refund_minor, expires_in_hours=hours, **given
        )
        self.world.drain()
        return view.dispute.offers[-1].offer_id

    def time_is_up(self) -> "Case":
        self.world.clock.set(self.order.due_at)
        self.world.clock.advance(seconds=1)
        self.world.sweep()
        return self

    def staff(self, *roles: str) -> Any:
        return principal_of(self.trade, self.trade.staff(*roles), *roles)
