"""The rules of a listing's life, as functions from one listing to the next."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from marketplace.catalog.categories import CATEGORIES
from marketplace.catalog.model import (
    DESCRIPTION_LENGTH_MAX,
    DRAFT,
    LANGUAGES,
    LIVE,
    PHOTO_BYTES_MAX,
    PHOTO_TYPES,
    PRICE_MAX_MINOR,
    PRICE_MIN_MINOR,
    STOCK_MAX,
    TITLE_LENGTH_MAX,
    WITHDRAWN,
    Draft,
    Edit,
    Listing,
    ListingChanged,
    ListingIncomplete,
    ListingInvalid,
    ListingNotAvailable,
    ListingNotLive,
    OutOfStock,
    Photo,
    PhotoInvalid,
    RevisionPassed,
)
from marketplace.catalog.promises import milestone_amounts
from marketplace.kit.ids import derived_id
from marketplace.kit.money import CURRENCIES

# Overrides of the writing direction can make a text read as something else than it is.
_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def begin(draft: Draft, *, listing_id: str, seller_id: str, seller_kind: str, now: datetime) -> Listing:
    """Make a draft listing from what its seller said.

    Raises: ListingInvalid.
    """
    said = _checked({name: getattr(draft, name) for name in Draft.__slots__})
    return Listing(
        listing_id=listing_id,
        seller_id=seller_id,
        seller_kind=seller_kind,
        state=DRAFT,
        photos=(),
        revision=1,
        created_at=now,
        updated_at=now,
        **said,
    )


def amend(listing: Listing, edit: Edit, now: datetime) -> Listing:
    """Apply an edit; one that changes nothing returns the listing as it was.

    A live listing stays complete, except that its stock may be 0 (shown as sold out).

    Raises: RevisionPassed; ListingInvalid; ListingIncomplete.
    """
    if edit.revision not in {None, listing.revision} or edit.stock_seen not in {None, listing.stock}:
        raise RevisionPassed
    named = {name: getattr(edit, name) for name in (*_CHECKS, "promises") if getattr(edit, name) is not None}
    changed = replace(listing, **_checked(named), photos=_kept(listing, edit.photo_ids))
    if changed == listing:
        return listing
    if listing.state == LIVE:
        _complete(changed, stock_min=0)
    return replace(changed, revision=listing.revision + 1, updated_at=now)


def publish(listing: Listing, *, seller_kind: str, now: datetime) -> Listing:
    """Put a draft or withdrawn listing on sale; one that is live stays as it is.

    Raises: ListingIncomplete.
    """
    if listing.state == LIVE:
        return listing
    _complete(listing, stock_min=1)
    return replace(
        listing,
        state=LIVE,
        seller_kind=seller_kind,
        listed_at=listing.listed_at or now,
        revision=listing.revision + 1,
        updated_at=now,
    )


def withdraw(listing: Listing, now: datetime) -> Listing:
    """Take a live listing off sale; one that is withdrawn stays as it is.

    Raises: ListingNotLive for a draft.
    """
    if listing.state == WITHDRAWN:
        return listing
    if listing.state != LIVE:
        raise ListingNotLive
    return replace(listing, state=WITHDRAWN, revision=listing.revision + 1, updated_at=now)


def declare_photo(listing_id: str, *, content_type: str, size_bytes: int, sha256: str) -> Photo:
    """Name a photo by its content, so that declaring it twice names it once.

    Raises: PhotoInvalid.
    """
    problems = {
        "content_type": None if content_type in PHOTO_TYPES else "not_a_choice",
        "size_bytes": _range_problem(size_bytes, 1, PHOTO_BYTES_MAX),
        "sha256": None if _SHA256.fullmatch(sha256) else "wrong_format",
    }
    fields = {name: problem for name, problem in problems.items() if problem}
    if fields:
        raise PhotoInvalid(fields=fields)
    return Photo(derived_id("pho", listing_id, sha256), content_type, size_bytes, sha256)


def why_unavailable(shown: Listing, now: Listing | None) -> ListingNotAvailable:
    """Say why the listing could not be taken as it was shown; `now` is a fresh read."""
    if now is None or now.state != LIVE:
        return ListingNotAvailable(shown.listing_id)
    if terms(now) != terms(shown):
        return ListingChanged(shown.listing_id)
    # Enough by now: others gave some back since. Asking again may succeed, so the answer is still "not that many".
    return OutOfStock(shown.listing_id, left=now.stock)


def terms(listing: Listing) -> tuple[int, int, str]:
    """Return what a buyer agrees to: the revision, and the price that it carries."""
    return listing.revision, listing.price_minor, listing.currency


def _complete(listing: Listing, *, stock_min: int) -> None:
    lacks = {
        "title": None if listing.title else "required",
        "description": None if listing.description else "required",
        "category": None if listing.category else "required",
        "price_minor": "out_of_range" if listing.price_minor < PRICE_MIN_MINOR else None,
        "stock": "out_of_range" if listing.stock < stock_min else None,
        "promises.milestones": _parts_problem(listing),
    }
    fields = {name: lack for name, lack in lacks.items() if lack}
    if fields:
        raise ListingIncomplete(fields=fields)


def _parts_problem(listing: Listing) -> str | None:
    """Each part of a service is an order of its own, and none may be smaller than what can be charged."""
    parts = listing.promises.milestones
    too_small = parts and min(milestone_amounts(listing.price_minor, parts)) < PRICE_MIN_MINOR
    return f"each_at_least_{PRICE_MIN_MINOR}" if too_small else None


def _kept(listing: Listing, photo_ids: tuple[str, ...] | None) -> tuple[Photo, ...]:
    if photo_ids is None:
        return listing.photos
    attached = {photo.photo_id: photo for photo in listing.photos}
    if len(set(photo_ids)) != len(photo_ids) or not attached.keys() >= set(photo_ids):
        raise ListingInvalid(fields={"photo_ids": "not_a_choice"})
    return tuple(attached[photo_id] for photo_id in photo_ids)


def _checked(said: Mapping[str, Any]) -> dict[str, Any]:
    clean: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}
    problems = {name: _CHECKS[name](value) for name, value in clean.items() if name in _CHECKS}
    fields = {name: problem for name, problem in problems.items() if problem}
    fields |= clean["promises"].problems() if "promises" in clean else {}
    if fields:
        raise ListingInvalid(fields=fields)
    return clean


def _title_problem(title: str) -> str | None:
    if not title:
        return "required"
    if len(title) > TITLE_LENGTH_MAX:
        return "too_long"
    return "control_character" if _has_controls(title) else None


def _description_problem(description: str) -> str | None:
    if len(description) > DESCRIPTION_LENGTH_MAX:
        return "too_long"
    return "control_character" if _has_controls(description, allowed="\n\t") else None


def _has_controls(text: str, allowed: str = "") -> bool:
    return any(
        (unicodedata.category(character) == "Cc" and character not in allowed) or character in _DIRECTION_OVERRIDES
        for character in text
    )


def _range_problem(number: int, smallest: int, largest: int) -> str | None:
    return None if smallest <= number <= largest else "out_of_range"


_CHECKS: Mapping[str, Callable[[Any], str | None]] = {
    "title": _title_problem,
    "description": _description_problem,
    "category": lambda code: None if not code or code in CATEGORIES else "not_a_choice",
    "price_minor": lambda price: _range_problem(price, 0, PRICE_MAX_MINOR),
    "currency": lambda currency: None if currency in CURRENCIES else "not_a_choice",
    "stock": lambda stock: _range_problem(stock, 0, STOCK_MAX),
    "language": lambda language: None if language in LANGUAGES else "not_a_choice",
}
