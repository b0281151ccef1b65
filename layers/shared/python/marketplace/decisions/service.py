"""Leaves a decision with the transaction that carries it out, and shows it to those whom it concerns."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from marketplace.decisions.clauses import CLAUSES
from marketplace.decisions.kinds import KINDS
from marketplace.decisions.model import CONCERNED_MAX, DECISION, Amounts, Decision, DecisionMissing
from marketplace.decisions.ports import DecisionStore
from marketplace.decisions.redress import REDRESS, length
from marketplace.kit.clock import Clock
from marketplace.kit.ids import derived_id
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox

ABOUT_READ_MAX = 200  # copies of decisions about one order: it has a few


class Decisions:
    """Records and shows decisions."""

    def __init__(self, *, clock: Clock, store: DecisionStore, outbox: Outbox) -> None:
        self._clock = clock
        self._store = store
        self._outbox = outbox

    def record(
        self,
        *,
        kind: str,
        subject: str,
        concerns: Sequence[str],
        by: str,
        once: str = "",
        about: str = "",
        clause: str = "",
        ground: str = "",
        facts: Mapping[str, str | int] | None = None,
        reasons: str = "",
        automated: bool = False,
        detected: bool | None = None,
        redress: str = "",
        amounts: Amounts | None = None,
        lasts_until: datetime | None = None,
    ) -> list[Write]:
        """Return the writes that leave one copy for each account concerned, with a notice: two writes an account.

        `once` tells apart decisions of one kind on one subject; the same decision recorded twice refuses the
        transaction with Conflict. `clause` is an id of clauses.py (the kind's own where it is left out); a ground in
        other words goes into `ground`. `facts` are codes and numbers that the kind's wording names; `reasons` are the
        decider's own words. `by` is a role of model.py.

        Raises: ValueError for what only our own mistake can be.
        """
        row, now = KINDS[kind], self._clock.now()
        concerned = tuple(dict.fromkeys(concerns))
        if by not in row.deciders or not 0 < len(concerned) <= CONCERNED_MAX:
            raise ValueError(f"{kind} is not decided by {by} about {len(concerned)} accounts")
        way = REDRESS[redress or row.redress]
        open_for = length(way)
        decision_id = derived_id(DECISION, kind, subject, once)
        row.facts.en.format_map(facts or {})  # a fact that the wording names and nobody gave is our own mistake
        copies = [
            Decision(
                decision_id=decision_id,
                account_id=account_id,
                kind=kind,
                subject=subject,
                about=about or subject,
                concerns=concerned,
                clause=CLAUSES[clause or row.clause].clause_id,
                ground=ground,
                facts=dict(facts or {}),
                reasons=reasons,
                automated=automated,
                detected=automated if detected is None else detected,
                decided_by=by,
                decided_at=now,
                redress=way.name,
                redress_until=now + open_for if open_for else None,
                amounts=amounts,
                lasts_until=lasts_until,
            )
            for account_id in concerned
        ]
        return [write for copy in copies for write in (self._store.add(copy), self._told(copy))]

    def read(self, decision_id: str, account_id: str) -> Decision:
        """Return one decision to somebody whom it concerns.

        Raises: DecisionMissing.
        """
        found = self._store.read(account_id, decision_id)
        if found is None:
            raise DecisionMissing
        return found

    def page(self, account_id: str, cursor: str | None, limit: int) -> Rows[Decision]:
        """Return what was decided about somebody, the newest first.

        Raises: BadCursor.
        """
        return self._store.page_of(account_id, cursor, limit)

    def about(self, subject: str, *, reader: str, sellers: Collection[str]) -> list[Decision]:
        """Return each decision about a subject once, to staff; those about the reader's own matter are left out.

        `sellers` are those for whom the reader acts.
        """
        own = {reader, *sellers}
        return [each for each in self.each_about(subject) if own.isdisjoint(each.concerns)]

    def each_about(self, subject: str) -> list[Decision]:
        """Return each decision about a subject once, the oldest first; whoever shows one looks whom it concerns."""
        found = {each.decision_id: each for each in self._store.about(subject, limit=ABOUT_READ_MAX)}
        return list(found.values())

    def _told(self, copy: Decision) -> Write:
        facts = {"decision_id": copy.decision_id, "kind_of": copy.kind}
        return self._outbox.publish(
            event("decision.made", copy.account_id, copy.decided_at, once=copy.decision_id, **facts)
        )
