"""Cursor lists: newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from infra.local.stripe.errors import Json, ParameterError, bad_reference
from infra.local.stripe.routes import Call
from infra.local.stripe.store import Record

_DEFAULT_PAGE = 10


def page(
    call: Call,
    kind: str,
    filters: Iterable[str] = (),
    *,
    where: Callable[[Record], bool] | None = None,
) -> Json:
    """Return one page of the caller's objects of a kind.

    ``filters`` are parameters compared with the field of the same name, and
    ``created`` is always an interval; anything else goes into ``where``.
    """
    wanted = {name: call.params[name] for name in filters if name in call.params}
    span = call.params.get("created", {})
    found = [
        record
        for record in call.world.store.newest(kind, call.owner)
        if all(record.data.get(name) == value for name, value in wanted.items())
        and within(record.data.get("created", 0), span)
        and (where is None or where(record))
    ]
    return cut(call, kind, found)


def cut(call: Call, kind: str, found: list[Record]) -> Json:
    """Return the page of ``found`` that the cursor parameters ask for."""
    limit = call.params.get("limit", _DEFAULT_PAGE)
    after, before = (call.params.get(n) for n in ("starting_after", "ending_before"))
    if after and before:
        raise ParameterError(
            "You can only specify one of these parameters: starting_after, ending_before.",
            param="ending_before",
        )
    if before:
        stop = _index(found, kind, before, "ending_before")
        start = max(0, stop - limit)
        shown, more = found[start:stop], start > 0
    else:
        start = _index(found, kind, after, "starting_after") + 1 if after else 0
        shown, more = found[start : start + limit], len(found) > start + limit
    return {
        "object": "list",
        "data": [record.data for record in shown],
        "has_more": more,
        "url": call.path,
    }


def within(moment: int, span: Json) -> bool:
    """Tell whether a moment lies in a ``created`` interval."""
    return bool(
        moment > span.get("gt", moment - 1)
        and moment >= span.get("gte", moment)
        and moment < span.get("lt", moment + 1)
        and moment <= span.get("lte", moment)
    )


def _index(found: list[Record], kind: str, identifier: str, param: str) -> int:
    for position, record in enumerate(found):
        if record.id == identifier:
            return position
    raise bad_reference(kind, identifier, param)
