"""A name for everything outside the process: two moments of one name are gone on from alike.

In the name is all that a recovery can read or wait for: items, streams not read yet, messages, Stripe's objects, books,
timers, saved answers and webhooks, executions, the time; and mails and alarms, which are looked at in the end.

Left out is what nobody outside can read: Stripe's numbers of requests (`req_...`), tokens and keys that an SDK made up
for one call, how often a message was sent (that it was is in the name), the past of an execution. How many ids and
random bytes were drawn is left out as well: a recovery begins with a leap to others (`SeededIds.leap`). Ids that were
drawn after the first leap count by their order, as nothing can tell them apart by anything else; what is computed from
them (a hash, a shard) stands in the state, and in the name, as it is.
"""

import hashlib
import marshal
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tests.fakes.dynamo_short import SDK_TOKEN
from tests.fakes.dynamo_tables import Table
from tests.fakes.world import SeededIds, World

# Numbers of requests, and the keys that Stripe's SDK makes up for a call that nobody gave one. Each is looked for by a
# literal beginning, which is what makes a search fast: a key by all but its first part.
_REQUEST = re.compile(rb"req_local\d{8}")
_BEGINNING_OF_A_KEY, _REST_OF_A_KEY = (
    re.compile(rb"[0-9a-f]{8}"),
    re.compile(rb"-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
)
_BEGINNING_BYTES = 8
_SDK_TOKENS = re.compile(rf"{SDK_TOKEN}|[0-9a-f]{{8}}-[0-9a-f]{{4}}-4")
_ID = re.compile(rb"_0000000000(\d{16})")  # of SeededIds
_LATE = b"%016d" % SeededIds.OF_A_PROCESS
# The last format that writes equal values alike; later ones say which objects are the same, or shared by many.
_BY_VALUE = 2
_DIGEST_BYTES = 16


class Said(NamedTuple):
    """What something says: a digest without the ids drawn late, and those ids in their order of appearance."""

    digest: bytes
    ids: tuple[bytes, ...]


class Names:
    """Names the moments of one world; what an item says is worked out once, as the twin never changes one in place."""

    KEPT_MAX = 50_000

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: dict[int, tuple[Any, Said]] = {}  # by identity; the item is kept too, so that it stays its own

    def now(self) -> str:
        """Name this moment."""
        tables = [
            (name, [self._of_item(item) for item in table.items.values()], self._of_stream(table))
            for name, table in sorted(self._world.dynamo.everything().items())
        ]
        others = list(self._others())
        said = (each for _, items, stream in tables for part in (items, stream) for each in part)
        late = {identifier for each in (*said, *others) for identifier in each.ids}
        ranks = {identifier: b"%d;" % rank for rank, identifier in enumerate(sorted(late))}
        digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        for name, items, stream in tables:
            digest.update(name.encode())
            digest.update(b"".join(sorted(_ranked(each, ranks) for each in items)))
            digest.update(b"".join([b"stream", *(_ranked(each, ranks) for each in stream)]))
        digest.update(b"".join(_ranked(each, ranks) for each in others))
        return digest.hexdigest()

    def _others(self) -> Iterator[Said]:
        """What is not in tables."""
        world = self._world
        told = [
            [[record["eventName"], record["dynamodb"].get("NewImage")] for record in world.records],
            sorted([name, list(map(repr, events))] for name, events in world.queues.waiting.items() if events),
            [_of_execution(each) for each in world.executions.machine.executions.values()],
            world.executions.machine._tokens,
            world.clock.now().isoformat(),
            world.given.get("process_version"),
            sorted(token for token in world.dynamo.request_tokens() if not _SDK_TOKENS.match(token)),
        ]
        yield _said(told)
        unordered: tuple[Iterable[Any], ...] = (
            (list(sent) for sent, count in world.queues.sent.items() if count),
            map(repr, world.mails),
            ([message, sorted(facts.items())] for message, facts in world.alarms),
        )
        for each in unordered:
            yield _said(sorted(each))
        yield from _of_stripe(world.stripe)

    def _of_item(self, item: Any) -> Said:
        found = self._kept.get(id(item))
        if found is None:
            if len(self._kept) >= self.KEPT_MAX:
                self._kept.clear()
            found = self._kept[id(item)] = (item, _said(_sorted(item)))
        return found[1]

    def _of_stream(self, table: Table) -> list[Said]:
        images = ((record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage")) for record in table.records)
        return [_NOTHING if image is None else self._of_item(image) for pair in images for image in pair]


def _of_execution(execution: Any) -> list[Any]:
    due = execution.due_at.isoformat() if execution.due_at else None
    where = [execution.name, execution.state, execution.status, execution.error, execution.revision]
    return [*where, execution.token, due, repr(execution.answer), execution.retried, _sorted(execution.data)]


def _of_stripe(stripe: Any) -> Iterator[Said]:
    world = stripe.world
    records: Iterable[Any] = world.store._records.values()
    told = [
        [[each.id, each.kind, each.owner, each.data, each.hidden] for each in records],
        [[line.account, line.bucket, line.currency, line.amount] for line in world.books.ledger._lines],
        [world.store._made, sorted(world._timers), world.skipped.total_seconds()],
        stripe._keys.dump(),
        stripe.webhooks.dump(),
        [list(vars(fault).values()) for fault in stripe.faults._waiting],
    ]
    yield _parted(_without_the_made_up(marshal.dumps(told, _BY_VALUE)))


def _without_the_made_up(whole: bytes) -> bytes:
    """Leave out what was made up for one call."""
    whole = _REQUEST.sub(b"made up", whole)
    kept, begun = [], 0
    for rest in _REST_OF_A_KEY.finditer(whole):
        at = rest.start() - _BEGINNING_BYTES
        if at >= begun and _BEGINNING_OF_A_KEY.match(whole, at):
            kept += [whole[begun:at], b"made up"]
            begun = rest.end()
    return b"".join([*kept, whole[begun:]])


def _said(value: Any) -> Said:
    return _parted(marshal.dumps(value, _BY_VALUE))


def _parted(whole: bytes) -> Said:
    """Part a text from the ids drawn late."""
    ids = tuple(each for each in _ID.findall(whole) if each >= _LATE)
    if ids:
        whole = _ID.sub(lambda found: b"_late" if found.group(1) >= _LATE else found.group(), whole)
    return Said(hashlib.blake2b(whole, digest_size=_DIGEST_BYTES).digest(), ids)


def _ranked(said: Said, ranks: Mapping[bytes, bytes]) -> bytes:
    return said.digest + b"".join(ranks[each] for each in said.ids) if said.ids else said.digest


def _sorted(value: Any) -> Any:
    """Return a value whose mappings are in the order of their keys, however they were written."""
    if isinstance(value, dict):
        return [[key, _sorted(value[key])] for key in sorted(value)]
    return [_sorted(each) for each in value] if isinstance(value, list) else value


_NOTHING = _said(None)
