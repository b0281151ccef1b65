"""Cursors: the place where a page ended, opaque to clients and harmless when forged."""

import base64
import binascii
import json
from typing import Any

from marketplace.kit.errors import Invalid

CURSOR_LENGTH_MAX = 1_024  # characters


class BadCursor(Invalid):
    """The cursor was not one of ours, or was cut."""

    code = "bad_cursor"
    title_en = "This cursor is not one that a page returned."
    title_es = "Este cursor no procede de ninguna página."

    def __init__(self) -> None:
        super().__init__(fields={"cursor": "not_a_cursor"})


def encode_cursor(*places: str) -> str:
    """Pack the sort keys of a page's last row.

    The partition is never packed: it comes from the query itself, so that a forged cursor can only
    name another place in the same list.
    """
    return base64.urlsafe_b64encode(json.dumps(places, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, count: int) -> list[str]:
    """Unpack exactly `count` non-empty texts.

    Raises: BadCursor.
    """
    if len(cursor) > CURSOR_LENGTH_MAX:
        raise BadCursor
    try:
        places = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise BadCursor from None
    if not isinstance(places, list) or len(places) != count or not all(map(_is_place, places)):
        raise BadCursor
    return places


def _is_place(place: Any) -> bool:
    # Half a character (a lone surrogate) can be spelt in JSON, and never sent to DynamoDB.
    return isinstance(place, str) and bool(place) and place.isprintable()
