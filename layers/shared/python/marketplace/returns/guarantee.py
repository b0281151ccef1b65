"""Claims for lack of conformity: the buyer says what lacks and what makes up for it, the seller answers."""

from dataclasses import dataclass, replace
from typing import Any

from marketplace.disputes.errors import EvidenceMissing
from marketplace.kit.files import Download
from marketplace.kit.principal import Idempotency, Principal
from marketplace.kit.writes import Write
from marketplace.orders.model import BUYER, SELLER, Order
from marketplace.orders.rules import is_over
from marketplace.returns.conformity import GROUNDS, NEEDS_GROUND
from marketplace.returns.deciding import Verdict
from marketplace.returns.desk import ReturnView, check_openable
from marketplace.returns.errors import ClaimRejectedBefore, RemedyInvalid, ReturnRefused
from marketplace.returns.exchanges import Exchanges
from marketplace.returns.model import Lack, Remedy, Return
from marketplace.returns.rules import Quote, Wanted, quote_claim

_ACCEPTS = {
    Remedy.REPAIR: "accept_repair",
    Remedy.REPLACE: "accept_replacement",
    Remedy.PRICE_REDUCTION: "accept_reduction",
    Remedy.TERMINATE: "accept_termination",
}
REJECTION, REDUCTION, TERMINATION = "rejection", "reduction", "termination"  # what a moderator can decide


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a buyer says of goods that are not what was agreed."""

    lack: str
    remedy: str
    ground: str = ""
    amount_minor: int = 0  # of a price reduction


@dataclass(frozen=True, slots=True)
class Answer:
    """What a seller says to a claim: "accept", "offer" or "refuse"."""

    answer: str
    remedy: str = ""
    amount_minor: int = 0
    reasons: str = ""


class Claiming(Exchanges):
    """What both sides and moderators do with a claim."""

    def quote_claim(self, order_id: str, buyer_id: str, wanted: Wanted) -> Quote:
        """Say how a claim would go, and what comes back at most; nothing happens.

        Raises: OrderMissing; TransitionRefused; ReturnLinesInvalid; ClaimNotAllowed; AlreadyReturned.
        """
        order = self._bought(order_id, buyer_id)
        check_openable(order)
        return quote_claim(order, self._rows.head(order_id), wanted, self._country, self._clock.now())

    def ask_claim(
        self, order_id: str, buyer_id: str, wanted: Wanted, said: Claimed, attempt: Idempotency
    ) -> ReturnView:
        """Claim that goods lack something; what the buyer uploaded before is shown with it.

        Raises: as `quote_claim`; RemedyInvalid; ClaimRejectedBefore; IdempotencyKeyReused; TooManyReturns;
            ReturnsMoved.
        """

        def plan(order: Order, return_id: str) -> tuple[Return, list[Write]]:
            check_openable(order)
            now = self._clock.now()
            priced = quote_claim(order, self._rows.head(order_id), wanted, self._country, now)
            lack = replace(_lack(said, priced), evidence=self._disputes().shown_before(order_id))
            self._check_new(order_id, wanted.listing_id, said.lack, lack.evidence)
            return self._open(order, priced, return_id, said.lack, now, attempt.fingerprint, lack)

        return self._asked(order_id, buyer_id, attempt, plan)

    def _check_new(self, order_id: str, listing_id: str, lack: str, evidence: tuple[str, ...]) -> None:
        """Refuse a claim that says or shows nothing but what a person decided against before.

        Raises: ClaimRejectedBefore.
        """
        rejected = self._rows.read_many(self._rows.head(order_id).rejected.get(listing_id, ()))
        said = {_plain(each.reason) for each in rejected}
        shown = {name for each in rejected if each.lack for name in each.lack.evidence}
        if rejected and (_plain(lack) in said or not set(evidence) - shown):
            raise ClaimRejectedBefore

    def answer_claim(self, return_id: str, seller_id: str, said: Answer, *, by: str = "") -> ReturnView:
        """Give what was asked for, offer something else, or refuse; the last two with reasons.

        Raises: RemedyInvalid; as `accept_claim`, `offer_remedy`, `refuse_claim`.
        """
        if said.answer == "accept":
            return self.accept_claim(return_id, seller_id, reasons=said.reasons, by=by)
        if not said.reasons.strip():
            raise RemedyInvalid(fields={"reasons": "required"})
        if said.answer == "refuse":
            return self.refuse_claim(return_id, seller_id, said.reasons, by=by)
        if said.remedy not in set(Remedy):
            raise RemedyInvalid(fields={"remedy": "required"})
        return self.offer_remedy(return_id, seller_id, said.remedy, said.amount_minor, said.reasons, by=by)

    def accept_claim(self, return_id: str, seller_id: str, *, reasons: str = "", by: str = "") -> ReturnView:
        """Give the remedy that the buyer asks for.

        Raises: ReturnMissing, ReturnRefused, ReplacementOutOfStock; what a refund raises.
        """
        view = self._as(SELLER, return_id, seller_id, by=by)
        lack = _lack_of(view.made)
        return self._agreed(view, lack.wanted, lack.wanted_minor, by=by, answer=reasons)

    def offer_remedy(
        self, return_id: str, seller_id: str, remedy: str, amount_minor: int, reasons: str, *, by: str = ""
    ) -> ReturnView:
        """Offer another remedy than the buyer asks for, or another amount; the buyer takes it or not.

        Raises: ReturnMissing, ReturnRefused, RemedyInvalid.
        """
        view = self._as(SELLER, return_id, seller_id, by=by)
        lack = _lack_of(view.made)
        _check_amount(remedy, amount_minor, view.made.quoted_minor)
        if (remedy, amount_minor) == (lack.wanted, lack.wanted_minor):
            raise RemedyInvalid(fields={"remedy": "as_asked"})
        offered = replace(lack, offered=remedy, offered_minor=amount_minor)
        return self._move(view, "offer_remedy", by=by, lack=offered, answer=reasons)

    def refuse_claim(self, return_id: str, seller_id: str, reasons: str, *, by: str = "") -> ReturnView:
        """Refuse a claim, with reasons; the buyer can have it decided.

        Raises: ReturnMissing, ReturnRefused.
        """
        return self._move(self._as(SELLER, return_id, seller_id, by=by), "refuse_claim", by=by, answer=reasons)

    def answer_offer(self, return_id: str, buyer_id: str, *, accept: bool) -> ReturnView:
        """Take the remedy that the seller offers, or not.

        Raises: ReturnMissing, ReturnRefused, ReplacementOutOfStock; what a refund raises.
        """
        view = self._as(BUYER, return_id, buyer_id)
        lack = _lack_of(view.made)
        if not accept:
            return self._move(view, "decline_offer")
        return self._agreed(view, lack.offered, lack.offered_minor)

    def escalate_claim(self, return_id: str, buyer_id: str, reason: str, statement: str) -> ReturnView:
        """Have a refused claim decided: by a dispute while the order runs, else by a moderator.

        The dispute is opened, or opened again, in the transaction that ends the claim, with the files that were shown.

        Raises: ReturnMissing, ReturnRefused; what opening a dispute raises.
        """
        view = self._as(BUYER, return_id, buyer_id)
        made = view.made
        order = self._orders.read(made.order_id)
        if order is None or is_over(order):
            return self._move(view, "ask_decision")
        _after, writes = self._steps.plan(made, "open_dispute", BUYER)  # refuses before anything is opened
        _view, opened = self._disputes().opening_again(made.order_id, buyer_id, reason, statement, made.quoted_minor)
        self._tx.commit([*writes, *opened])
        self._let_go_on(made.order_id)
        return replace(view, made=_after)

    def decide_claim(
        self,
        return_id: str,
        operator_id: str,
        decision: str,
        amount_minor: int,
        reasons: str,
        *,
        principal: Principal | None = None,
    ) -> ReturnView:
        """Decide as a moderator: nothing, a lower price, or everything back against the goods.

        Raises: ReturnMissing, OwnCase, ReturnRefused, RemedyInvalid, SecondPersonNeeded, DecisionProposed;
            what a refund raises.
        """
        view = self._case(return_id, operator_id)
        remedy = Remedy.PRICE_REDUCTION if decision == REDUCTION else Remedy.TERMINATE
        _check_amount(remedy, amount_minor, view.made.quoted_minor)
        return self._decide(view, Verdict(f"decide_{decision}", amount_minor, reasons, operator_id), principal)

    def claim_evidence(
        self, return_id: str, account_id: str, evidence_id: str, *, staff: bool = False, by: str = ""
    ) -> Download:
        """Return where a party or staff reads a file that was shown with a claim.

        Raises: ReturnMissing, EvidenceMissing.
        """
        made = self.view(return_id, account_id, staff=staff, by=by).made
        if made.lack is None or evidence_id not in made.lack.evidence:
            raise EvidenceMissing
        return self._disputes().read_before(made.order_id, evidence_id)

    def _agreed(self, view: ReturnView, remedy: str, amount_minor: int, **given: Any) -> ReturnView:
        name = _ACCEPTS[Remedy(remedy)] if remedy else "accept_termination"  # nothing is offered: it is refused there
        given |= {"reduction_minor": amount_minor} if remedy == Remedy.PRICE_REDUCTION else {}
        return self._reserving(view, name, **given) if remedy == Remedy.REPLACE else self._move(view, name, **given)


def _lack(said: Claimed, priced: Quote) -> Lack:
    _check_amount(said.remedy, said.amount_minor, priced.refund_minor)
    if said.remedy in NEEDS_GROUND and said.ground not in GROUNDS:
        raise RemedyInvalid(fields={"ground": "one_of:" + ",".join(GROUNDS)})
    if said.remedy not in NEEDS_GROUND and said.ground:
        raise RemedyInvalid(fields={"ground": "only_for_price_reduction_or_terminate"})
    rule = priced.guarantee
    return Lack(
        said.remedy,
        said.ground,
        said.amount_minor,
        rule_id=rule.rule_id if rule else "",
        liable_until=priced.liable_until,
        presumed_until=priced.presumed_until,
    )


def _plain(text: str) -> str:
    """Return a text as it counts when two are compared."""
    return " ".join(text.casefold().split())


def _lack_of(made: Return) -> Lack:
    if made.lack is None:
        raise ReturnRefused(state=made.state, transition="claim")
    return made.lack


def _check_amount(remedy: str, amount_minor: int, most_minor: int) -> None:
    if remedy == Remedy.PRICE_REDUCTION:
        if not 1 <= amount_minor <= most_minor:
            raise RemedyInvalid(fields={"amount_minor": f"1_to_{most_minor}"})
    elif amount_minor:
        raise RemedyInvalid(fields={"amount_minor": "only_for_price_reduction"})
