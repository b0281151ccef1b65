"""Shapes that several endpoints share on the wire."""

from dataclasses import dataclass, field
from typing import Annotated, Generic, TypeVar

import msgspec

PAGE_ITEMS_DEFAULT = 20
PAGE_ITEMS_MAX = 100
CURSOR_LENGTH_MAX = 1_024  # characters

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T]):
    """One page of a list, and the cursor of the next one: null on the last page."""

    items: list[T]
    cursor: str | None = None


class PageQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Where to go on and how many items to send; lists with filters inherit from it."""

    cursor: Annotated[str, msgspec.Meta(min_length=1, max_length=CURSOR_LENGTH_MAX)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_ITEMS_MAX)] = PAGE_ITEMS_DEFAULT


@dataclass(frozen=True, slots=True)
class Content:
    """An answer that is not one of the API's JSON values, such as a page for people."""

    text: str
    media_type: str
    headers: dict[str, str] = field(default_factory=dict)  # these win over the defaults
