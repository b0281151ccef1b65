"""What disputes need from outside."""

from collections.abc import Mapping
from typing import Any, Protocol

from marketplace.catalog.ports import UploadForm
from marketplace.disputes.model import Dispute, Evidence
from marketplace.kit.principal import Principal
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.staff.model import Proposal


class Disputes(Protocol):
    """Where disputes live. Reads by id are consistent."""

    def read(self, dispute_id: str) -> Dispute | None: ...

    def open(self, dispute: Dispute) -> Write:
        """Store a new dispute; refused with DisputeExists."""

    def change(self, before: Dispute, after: Dispute, refusal: Exception | None = None) -> Write:
        """Replace while nobody else changed it; refused with DisputeDecided unless something else is said."""

    def page_open(self, cursor: str | None, limit: int) -> Rows[Dispute]:
        """List undecided disputes, the oldest first, from an index."""

    def before(self, dispute_id: str) -> tuple[int, tuple[Evidence, ...]]:
        """Return what was uploaded before a dispute was opened, and the number of that reading."""

    def keep_before(self, dispute_id: str, buyer_id: str, known: int, evidence: tuple[Evidence, ...]) -> Write:
        """Store that, while nobody else changed it; refused with DisputeExists."""


class Standing(Protocol):
    """Where an order stands, as a condition of a transaction."""

    def unmoved(self, order: Order) -> Write:
        """Refuse the transaction with TransitionRefused when the order moved or was refunded meanwhile."""


class Uploads(Protocol):
    """Where files go, straight from the browser."""

    def form(self, key: str, *, content_type: str, size_bytes: int, sha256: str) -> UploadForm:
        """Return a form that uploads exactly this file, for some minutes."""


class Approvals(Protocol):
    """Decisions that two people take; see staff/approvals.py."""

    def plan(
        self,
        *,
        kind: str,
        subject: str,
        facts: Mapping[str, str | int],
        principal: Principal,
        reasons: str,
        once: str | None = None,
        concerns: Any = (),
    ) -> tuple[Proposal, list[Write]]: ...

    def read(self, proposal_id: str) -> Proposal: ...


class AgreedReturns(Protocol):
    """Returns that a settlement asks for; see returns/agreed.py."""

    def check(self, order: Order) -> None:
        """Refuse where nothing can be sent back.

        Raises: NothingToSendBack.
        """

    def plan(self, order: Order, refund_minor: int, return_id: str, by: str) -> list[Write]:
        """Return the writes that open the return.

        Raises: NothingToSendBack.
        """

    def beside(self, order: Order) -> tuple[Order, list[Write]]:
        """Return the order as its open returns leave it, and the writes that hold it to them."""


class Aftermath(Protocol):
    """What a decision leaves behind besides the money."""

    def decided(self, dispute: Dispute, order: Order) -> list[Write]:
        """Return what is written when a dispute was decided, first or on appeal; see aftermath.py."""

    def lapsed(self, dispute: Dispute, order: Order) -> list[Write]:
        """Return what is written when nobody decided an appeal in time."""

    def undone(self, dispute: Dispute) -> list[Write]:
        """Return what is written when a case is open again and what was decided in it was not carried out."""


class BuyerClaims(Protocol):
    """How often a buyer claims; see claims.py."""

    def opening(self, dispute: Dispute) -> list[Write]:
        """Return what opening this dispute writes about its buyer.

        Raises: ClaimNeedsEvidence.
        """
