"""What finance decides: holds with reasons, and, by two people, what lets money go again.

Holding is safe, so one person may; releasing a hold, resuming after a stop and giving back a payout whose outcome
nobody knows take two. The second person's approval and the effect are one transaction (staff/approvals.py).
"""

from datetime import datetime, timedelta

from marketplace.decisions.model import FINANCE
from marketplace.decisions.ports import Recording
from marketplace.kit.clock import Clock, to_text
from marketplace.kit.ids import Ids
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Transactions, Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payouts.desk import PayoutDesk
from marketplace.payouts.errors import HoldMissing, HoldTooLong, PayeeMissing, PayoutNotParked
from marketplace.payouts.model import MANUAL_HOLD_DAYS_MAX, Cause, Hold, Payout, PayoutState
from marketplace.payouts.ports import Holds, Payees
from marketplace.payouts.service import PayoutService
from marketplace.payouts.switch import Change, KillSwitch, UnknownScope, check_scope
from marketplace.staff.acts import StaffActs
from marketplace.staff.approvals import Approvals
from marketplace.staff.model import Proposal

RELEASE, RESUME, RETURN = "payout.release", "payments.resume", "payout.return"
MANUAL_STOP = "manual"
NEVER_LEFT = "returned_by_hand"  # the reason of a payout that people gave back
NO_STOP = 0  # what a proposal from before stops were counted in it is about: it has to be made again
_LIFTED_BY_PEOPLE = frozenset({Cause.MANUAL, Cause.BANK_REFUSED})


class PayoutDecisions:
    """Finance's side of the counter."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        holds: Holds,
        payees: Payees,
        payouts: PayoutService,
        desk: PayoutDesk,
        switch: KillSwitch,
        approvals: Approvals,
        acts: StaffActs,
        outbox: Outbox,
        decisions: Recording,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tx = transactions
        self._holds = holds
        self._payees = payees
        self._payouts = payouts
        self._desk = desk
        self._switch = switch
        self._approvals = approvals
        self._acts = acts
        self._outbox = outbox
        self._decisions = decisions

    def hold(self, seller_id: str, reasons: str, until: datetime, *, by: str) -> Hold:
        """Hold everything of a seller until a date, with reasons that the seller reads.

        Raises: PayeeMissing; HoldTooLong.
        """
        now = self._clock.now()
        if not now < until <= now + timedelta(days=MANUAL_HOLD_DAYS_MAX):
            raise HoldTooLong(fields={"until": "out_of_range"})
        if self._payees.facts(seller_id) is None:
            raise PayeeMissing
        key = self._ids.new("hold", now)
        held = Hold(Cause.MANUAL, key, now, until, reasons=reasons, by=by)
        told = self._told(
            "payout.hold_placed", seller_id, key, cause=Cause.MANUAL.value, until=until.date().isoformat()
        )
        act = self._acts.note(by, "payout.hold", seller_id, {"hold": key}, reasons)
        recorded = self._decisions.record(
            kind="payout.held",
            subject=seller_id,
            concerns=[seller_id],
            by=FINANCE,
            once=key,
            reasons=reasons,
            lasts_until=until,
        )
        self._tx.commit([*self._holds.place(seller_id, held), told, act, *recorded])
        return held

    def propose_release(self, seller_id: str, cause: str, key: str, principal: Principal, reasons: str) -> Proposal:
        """Propose to end a hold that a person placed, or that waits for one.

        Raises: HoldMissing; Forbidden; OwnCase; ReasonsNeeded.
        """
        held = self._held(seller_id, cause, key)
        facts = {"seller_id": seller_id, "cause": cause, "key": key, "since": _since(held)}
        return self._approvals.propose(
            kind=RELEASE, subject=seller_id, facts=facts, principal=principal, reasons=reasons
        )

    def released(self, proposal: Proposal) -> list[Write]:
        """Return the writes of an approved release.

        Raises: HoldMissing when it ended meanwhile.
        """
        seller_id, cause, key = (str(proposal.facts[name]) for name in ("seller_id", "cause", "key"))
        held = self._held(seller_id, cause, key)
        if _since(held) != proposal.facts.get("since"):
            raise HoldMissing  # one of the same name, placed later
        told = self._told("payout.hold_ended", seller_id, f"{cause}#{key}#{held.since}", cause=cause)
        recorded = self._decisions.record(
            kind="payout.released",
            subject=seller_id,
            concerns=[seller_id],
            by=FINANCE,
            once=proposal.proposal_id,
            reasons=proposal.decision_reasons or proposal.reasons,
        )
        return [*self._holds.end(seller_id, held, self._clock.now(), proposal.proposal_id), told, *recorded]

    def stop(self, scope: str, reasons: str, *, by: str) -> Change:
        """Stop payments at once: everything, a currency, a seller, or an order.

        Raises: UnknownScope, also for a seller or an order that does not exist: a typing error would stop nobody.
        """
        check_scope(scope)
        kind, _, name = scope.partition(":")
        unknown = (kind == "seller" and self._payees.facts(name) is None) or (
            kind == "order" and self._switch.parties_of(name) is None
        )
        if unknown:
            raise UnknownScope(fields={"scope": "unknown"})
        self._tx.commit([self._acts.note(by, "payments.stop", scope, {}, reasons)])
        return self._switch.stop(scope, MANUAL_STOP, reasons, by=by)

    def propose_resume(self, scope: str, principal: Principal, reasons: str) -> Proposal:
        """Propose that payments go on.

        Raises: UnknownScope; SwitchMissing when nothing is stopped there; Forbidden; OwnCase; ReasonsNeeded.
        """
        check_scope(scope)
        facts = {"nth": self._switch.stop_of(scope).nth}
        kind, _, name = scope.partition(":")
        parties = self._switch.parties_of(name) if kind == "order" else None
        concerns = (name,) if kind == "seller" else parties or ()
        return self._approvals.propose(
            kind=RESUME, subject=scope, facts=facts, principal=principal, reasons=reasons, concerns=concerns
        )

    def resumed(self, proposal: Proposal) -> list[Write]:
        """Return the writes of an approved resumption.

        Raises: SwitchMissing when it goes on already; AnotherStop when it was stopped again since.
        """
        nth = int(proposal.facts.get("nth", NO_STOP))
        who = {"by": proposal.proposed_by, "approved_by": str(proposal.decided_by)}
        return self._switch.resume(proposal.subject, proposal.reasons, nth=nth, **who)

    def look_up(self, payout_id: str) -> Payout:
        """Look at Stripe once more for a parked payout, and adopt it when it is there.

        Raises: PayoutMissing; Unavailable.
        """
        return self._desk.look_up(self._payouts.read(payout_id))

    def propose_return(self, payout_id: str, principal: Principal, reasons: str) -> Proposal:
        """Propose that a parked payout never left: its amount goes back into the balance.

        Raises: PayoutMissing; PayoutNotParked; Forbidden; OwnCase; ReasonsNeeded.
        """
        payout = self._parked(payout_id)
        facts = {"seller_id": payout.seller_id}
        return self._approvals.propose(
            kind=RETURN, subject=payout_id, facts=facts, principal=principal, reasons=reasons
        )

    def returned(self, proposal: Proposal) -> list[Write]:
        """Return the writes of an approved return.

        Raises: PayoutNotParked when its outcome is known by now.
        """
        return self._desk.give_back(self._parked(proposal.subject), NEVER_LEFT)

    def _parked(self, payout_id: str) -> Payout:
        payout = self._payouts.read(payout_id)
        if payout.state is not PayoutState.PARKED:
            raise PayoutNotParked
        return payout

    def _held(self, seller_id: str, cause: str, key: str) -> Hold:
        lifted = cause in {each.value for each in _LIFTED_BY_PEOPLE}
        held = self._holds.hold(seller_id, Cause(cause), key) if lifted else None
        if held is None:
            raise HoldMissing
        return held

    def _told(self, kind: str, seller_id: str, once: str, **facts: str) -> Write:
        now = self._clock.now()
        return self._outbox.publish(event(kind, seller_id, now, once=once, seller_id=seller_id, **facts))


def _since(held: Hold) -> str:
    return to_text(held.since) if held.since else ""
