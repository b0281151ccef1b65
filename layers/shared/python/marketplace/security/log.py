"""The account's own security log: written with the change itself, read by its owner.

A kind that notifies also leaves an event in the outbox, whose notice carries a link for "this was not me".
"""

from collections.abc import Mapping

from marketplace.accounts.model import device_name
from marketplace.kit.clock import Clock
from marketplace.kit.ids import Ids, derived_id
from marketplace.kit.origin import Origin
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.security.kinds import KINDS
from marketplace.security.model import ENTRY, NOBODY_EVENT, NOBODY_PREFIX, Entry
from marketplace.security.ports import LogStore

NOWHERE = Origin("")


class SecurityLog:
    """Notes what happened to an account, for the transaction in which it happens."""

    def __init__(self, *, clock: Clock, ids: Ids, outbox: Outbox, store: LogStore) -> None:
        self._clock = clock
        self._ids = ids
        self._outbox = outbox
        self._store = store

    def note(
        self,
        account_id: str,
        kind: str,
        *,
        origin: Origin | None = None,
        session_id: str | None = None,
        facts: Mapping[str, str | int] | None = None,
        once: str | None = None,
    ) -> list[Write]:
        """Return the log entry and, for a kind that notifies, its event: one or two writes.

        `facts` are ids, whole numbers and short codes: they travel with the event, so personal data has no place
        there. `once` names the fact: noting it a second time refuses the transaction (AlreadyNoted, EventPublished).

        Raises: KeyError for a kind that kinds.py does not have.
        """
        known, now = KINDS[kind], self._clock.now()
        origin = origin or NOWHERE
        names_device = bool(origin.user_agent) and not known.strangers
        name = self._ids.new(ENTRY, now) if once is None else derived_id(ENTRY, account_id, kind, once)
        entry = Entry(
            account_id=account_id,
            entry_id=name,
            kind=kind,
            at=now,
            network=origin.network,
            device=device_name(origin.user_agent) if names_device else "",
            country=origin.country,
            session_id=session_id,
            facts=dict(facts or {}),
            by_stranger=known.strangers,
        )
        added = [self._store.add(entry)]
        if known.notifies:
            # Whoever has no account is told nothing, by an event of the same size.
            told = NOBODY_EVENT if account_id.startswith(NOBODY_PREFIX) else known.event
            return [*added, self._outbox.publish(event(told, account_id, now, once=once or name, **entry.facts))]
        return added if once is None else [*added, self._store.guard(entry)]

    def page(self, account_id: str, cursor: str | None, limit: int) -> Rows[Entry]:
        """Return one page of somebody's log, newest first.

        Raises: BadCursor; Unavailable.
        """
        return self._store.page(account_id, cursor, limit, self._clock.now())
