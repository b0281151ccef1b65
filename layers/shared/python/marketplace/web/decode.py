"""Turn bytes and texts into the wire values that a route declares, or say which field is wrong."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import unquote

import msgspec

from marketplace.kit.errors import Invalid, Missing
from marketplace.web.card_numbers import holds_card_number
from marketplace.web.problems import (
    BodyRequired,
    BodyTooLarge,
    CardNumberRefused,
    MalformedJson,
    UnsupportedMediaType,
)

BODY_SIZE_MAX_BYTES = 64 * 1024
RAW_SIZE_MAX_BYTES = 512 * 1024  # webhooks: Stripe's events stay below 256 KB
INTEGER_MAX = 2**53 - 1  # what every JSON reader holds exactly (RFC 8259, section 6)
REPEATED_TOLD_MAX = 20  # names in one refusal
# Carriers number parcels as schemes number cards, and a seller who cannot say the number cannot ship.
MAY_LOOK_LIKE_A_CARD = frozenset({"tracking_number"})
# RFC 3986: unreserved characters, and the colon of a scope (seller:acc_...); no id of ours has others.
PARAMETER = re.compile(r"[A-Za-z0-9._~:-]{1,128}")

_PATH = re.compile(r"(?P<message>.*?)(?: - at `(?P<path>.*)`)?", re.DOTALL)
_FIELD = re.compile(r"(?:missing required|contains unknown) field `(?P<field>.*)`", re.DOTALL)
# Characters that turn the direction of writing can make a text read as another than it is.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# What msgspec says -> the stable reason that the API gives; docs/api/README.md explains each.
_SAID = (
    (re.compile(r"missing required"), "required"),
    (re.compile(r"unknown field"), "unknown"),
    (re.compile(r"of length <="), "too_long"),
    (re.compile(r"of length"), "too_short"),
    (re.compile(r"matching regex|^Invalid (?!enum)"), "wrong_format"),
    (re.compile(r"^Invalid enum"), "not_a_choice"),
    (re.compile(r"(?:`int`|`float`|`decimal`) (?:[<>]|that's)|out of range"), "out_of_range"),
)
REASONS = frozenset({reason for _, reason in _SAID} | {"wrong_type", "repeated", "bad_character", "card_number"})


def check_size(body: bytes, *, raw: bool) -> None:
    """Refuse a body that no route would take.

    Raises: BodyTooLarge.
    """
    limit_bytes = RAW_SIZE_MAX_BYTES if raw else BODY_SIZE_MAX_BYTES
    if len(body) > limit_bytes:
        raise BodyTooLarge(limit_bytes=limit_bytes)


def decode_body(decoder: "msgspec.json.Decoder[Any]", raw: bytes, content_type: str | None) -> Any:
    """Read a JSON object strictly: no unknown, repeated or mistyped field, no control characters, no card numbers.

    Raises: UnsupportedMediaType; BodyRequired; MalformedJson; CardNumberRefused, Invalid with the field's path.
    """
    if not raw.strip():
        raise BodyRequired
    if not _is_json(content_type):
        raise UnsupportedMediaType
    try:
        _refuse_loose_json(raw)
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None
    except (ValueError, RecursionError):  # broken JSON, broken UTF-8, nesting without end
        raise MalformedJson from None


def decode_query(shape: Any, query: Mapping[str, list[str]]) -> Any:
    """Read query parameters, turning texts into the declared types; each at most once.

    Raises: Invalid.
    """
    wrong = {name: "repeated" for name, values in query.items() if len(values) > 1}
    wrong |= {name: "bad_character" for name, values in query.items() if _unclean("".join(values))}
    if shape is None:
        wrong |= dict.fromkeys(query, "unknown")
    if wrong:
        raise Invalid(fields={_printable(name): reason for name, reason in wrong.items()})
    if shape is None:
        return None
    try:
        return msgspec.convert({name: values[0] for name, values in query.items()}, shape, strict=False)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None


def decode_parameters(names: tuple[str, ...], given: Mapping[str, str]) -> dict[str, str]:
    """Read path parameters; one that cannot be an id names nothing.

    The gateway leaves them percent-encoded, and local servers do not always.

    Raises: Missing.
    """
    decoded = {name: unquote(given.get(name, "")) for name in names}
    if not all(PARAMETER.fullmatch(value) for value in decoded.values()):
        raise Missing
    return decoded


def _is_json(content_type: str | None) -> bool:
    # Without the header the body is taken for JSON: curl users forget it, and nothing else would be understood.
    media_type = (content_type or "application/json").partition(";")[0].strip().lower()
    return media_type == "application/json"


def _invalid(message: str) -> Invalid:
    matched = _PATH.fullmatch(message)
    path = (matched and matched["path"]) or "$"
    text = (matched and matched["message"]) or message
    named = _FIELD.search(text)
    if named:
        path = f"{path}.{named['field']}"
    reason = next((reason for pattern, reason in _SAID if pattern.search(text)), "wrong_type")
    return Invalid(fields={_printable(path.removeprefix("$").lstrip(".") or "body"): reason})


def _printable(name: str) -> str:
    return re.sub(r"[^\w.\[\]-]", "?", name, flags=re.ASCII)[:100]


def _refuse_loose_json(raw: bytes) -> None:
    """Refuse what a typed decoder lets pass: repeated names, control characters, card numbers, huge integers.

    It reads the whole text, where the typed decoder stops at the first mistyped field: broken JSON is always that.
    """
    _walk(json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_no_constant), "")


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are Python's, not JSON's


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        repeated = (name for name, count in counted.items() if count > 1)
        raise Invalid(fields={_printable(name): "repeated" for name in islice(repeated, REPEATED_TOLD_MAX)})
    return found


def _walk(value: Any, path: str) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            _walk(item, f"{path}.{name}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _walk(item, f"{path}[{place}]")
    elif isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, int) and abs(value) > INTEGER_MAX:
        raise Invalid(fields={_printable(path.lstrip(".")): "out_of_range"})


def _check_text(text: str, path: str) -> None:
    if _unclean(text):
        raise Invalid(fields={_printable(path.lstrip(".")): "bad_character"})
    if path.rpartition(".")[2] not in MAY_LOOK_LIKE_A_CARD and holds_card_number(text):
        raise CardNumberRefused(fields={_printable(path.lstrip(".")): "card_number"})


def _unclean(text: str) -> bool:
    return bool(_CONTROL.search(text) or _SURROGATE.search(text))
