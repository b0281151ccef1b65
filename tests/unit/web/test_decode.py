"""Strict decoding, and the name of the field that is wrong."""

import gc
import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid, Missing
from marketplace.web.decode import (
    BODY_SIZE_MAX_BYTES,
    INTEGER_MAX,
    RAW_SIZE_MAX_BYTES,
    REASONS,
    check_size,
    decode_body,
    decode_parameters,
    decode_query,
)
from marketplace.web.problems import BodyRequired, BodyTooLarge, CardNumberRefused, MalformedJson
from tests.unit.web.making import Filter, Line, NewThing

UNREADABLE = [b'{"title": "\xff"}', "{}".encode("utf-16"), b"\xef\xbb\xbf{}", b'{"title": Infinity}']
REFUSALS = (Invalid, MalformedJson, BodyRequired)
DECODER = msgspec.json.Decoder(NewThing)


def _body(value: Any) -> NewThing:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return decode_body(DECODER, raw, "application/json")


@pytest.mark.parametrize("place", ["title", "note"])
def test_a_card_number_is_refused_in_any_text_by_the_fields_name_and_never_repeated(place: str) -> None:
    good = {"title": "Bike", "lines": [{"listing_id": "lst_1", "quantity": 1}], "note": {}}
    said = "paid with 4242 4242 4242 4242"

    with pytest.raises(CardNumberRefused) as refused:
        _body(good | {place: said if place == "title" else {"deep": ["a", said]}})

    assert refused.value.fields == {"title" if place == "title" else "note.deep[1]": "card_number"}
    assert "4242" not in f"{refused.value!r} {refused.value.facts} {refused.value.fields}"


def test_a_tracking_number_may_look_like_a_card_number() -> None:
    raw = b'{"carrier": "correos", "tracking_number": "4242424242424242"}'

    assert decode_body(msgspec.json.Decoder(dict), raw, None)["tracking_number"] == "4242424242424242"


def test_repeated_names_are_found_in_little_time_and_only_a_few_are_told() -> None:
    names = [f"{number:x}" for number in range(3_400)] * 2
    raw = ("{" + ",".join(f'"{name}":1' for name in names) + "}").encode()
    gc.disable()  # a collection of all that other tests left would be counted here
    try:
        started = time.process_time()
        with pytest.raises(Invalid) as refused:
            _body(raw)
        took = time.process_time() - started
    finally:
        gc.enable()

    assert took < 0.15
    assert 0 < len(refused.value.fields) <= 20
    assert set(refused.value.fields.values()) == {"repeated"}


def test_a_good_body_becomes_its_value() -> None:
    body = _body({"title": "Cámara\nde fotos", "lines": [{"listing_id": "lst_1", "quantity": 2}]})

    assert body == NewThing("Cámara\nde fotos", 0, [Line("lst_1", 2)], None)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"surprise": 1}, {"surprise": "unknown"}),
        ({"title": 1}, {"title": "wrong_type"}),
        ({"title": None}, {"title": "wrong_type"}),
        ({"title": ""}, {"title": "too_short"}),
        ({"title": "x" * 41}, {"title": "too_long"}),
        ({"title": "a\x00b"}, {"title": "bad_character"}),
        ({"title": "a\x9bb"}, {"title": "bad_character"}),
        ({"title": "a\u202eb"}, {"title": "bad_character"}),
        ({"title": "a\u2066b"}, {"title": "bad_character"}),
        ({"title": "a\ud800b"}, {"title": "bad_character"}),
        ({"price_minor": -1}, {"price_minor": "out_of_range"}),
        ({"price_minor": 1.0}, {"price_minor": "wrong_type"}),
        ({"price_minor": "1"}, {"price_minor": "wrong_type"}),
        ({"price_minor": True}, {"price_minor": "wrong_type"}),
        ({"price_minor": INTEGER_MAX + 1}, {"price_minor": "out_of_range"}),
        ({"lines": {}}, {"lines": "wrong_type"}),
        ({"lines": [1]}, {"lines[0]": "wrong_type"}),
        ({"lines": [{"listing_id": "lst_1"}]}, {"lines[0].quantity": "required"}),
        ({"lines": [{"listing_id": "lst_1", "quantity": 1, "x": 1}]}, {"lines[0].x": "unknown"}),
        ({"lines": [{"listing_id": "lst_1", "quantity": 100}]}, {"lines[0].quantity": "out_of_range"}),
        ({"lines": [{"listing_id": "LST!", "quantity": 1}]}, {"lines[0].listing_id": "wrong_format"}),
        ({"lines": [{"listing_id": "lst_1", "quantity": 1}] * 3}, {"lines": "too_long"}),
        ({"note": {"deep": ["a", "b\x07"]}}, {"note.deep[1]": "bad_character"}),
        ({"<script>`$.a`": 1}, {"?script???.a?": "unknown"}),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_a_stable_reason(
    changes: dict[str, Any], fields: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as raised:
        _body({"title": "ok"} | changes)

    assert raised.value.fields == fields
    assert set(fields.values()) <= REASONS


@pytest.mark.parametrize("value", [[], "text", 1, None, True])
def test_a_body_that_is_no_object_is_wrong_as_a_whole(value: Any) -> None:
    with pytest.raises(Invalid) as raised:
        _body(value)

    assert raised.value.fields == {"body": "wrong_type"}


def test_the_largest_exact_integer_is_taken() -> None:
    assert _body({"title": "ok", "price_minor": INTEGER_MAX}).price_minor == INTEGER_MAX


def test_a_name_that_is_there_twice_is_refused_even_when_both_agree() -> None:
    with pytest.raises(Invalid) as raised:
        _body(b'{"title": "a", "title": "a"}')

    assert raised.value.fields == {"title": "repeated"}


def test_broken_json_is_broken_even_after_a_wrong_field() -> None:
    with pytest.raises(MalformedJson):
        _body(b'{"title": 1, ')


@pytest.mark.parametrize(
    "raw", [b'{"title": "\xff"}', "{}".encode("utf-16"), b"\xef\xbb\xbf{}", b'{"title": Infinity}']
)
def test_what_is_not_json_in_utf_8_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedJson):
        _body(raw)


@pytest.mark.parametrize(("raw", "limit"), [(False, BODY_SIZE_MAX_BYTES), (True, RAW_SIZE_MAX_BYTES)])
def test_a_body_may_be_as_large_as_its_limit_and_no_larger(raw: bool, limit: int) -> None:
    check_size(b"x" * limit, raw=raw)

    with pytest.raises(BodyTooLarge):
        check_size(b"x" * (limit + 1), raw=raw)


@pytest.mark.parametrize("content_type", [None, "application/json", "APPLICATION/JSON; charset=utf-8", ""])
def test_json_is_json_however_it_is_declared(content_type: str | None) -> None:
    assert decode_body(DECODER, b'{"title": "a"}', content_type).title == "a"


def test_a_query_becomes_typed_values() -> None:
    query = decode_query(Filter, {"limit": ["5"], "category": ["007"], "sold": ["true"]})

    assert query == Filter(limit=5, category="007", sold=True)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"limt": ["5"]}, {"limt": "unknown"}),
        ({"limit": ["0"]}, {"limit": "out_of_range"}),
        ({"limit": ["five"]}, {"limit": "wrong_type"}),
        ({"limit": ["5", "5"]}, {"limit": "repeated"}),
        ({"category": ["a\x00"]}, {"category": "bad_character"}),
        ({"sold": ["perhaps"]}, {"sold": "wrong_type"}),
    ],
)
def test_a_wrong_query_parameter_is_named(query: dict[str, list[str]], fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as raised:
        decode_query(Filter, query)

    assert raised.value.fields == fields


def test_a_route_without_a_query_refuses_any() -> None:
    assert decode_query(None, {}) is None

    with pytest.raises(Invalid):
        decode_query(None, {"a": ["1"]})


@pytest.mark.parametrize(("sent", "read"), [("ord_1", "ord_1"), ("ord%5F1", "ord_1"), ("a.b~c-d", "a.b~c-d")])
def test_a_path_parameter_is_percent_decoded(sent: str, read: str) -> None:
    assert decode_parameters(("order_id",), {"order_id": sent}) == {"order_id": read}


@pytest.mark.parametrize("sent", ["", "%", "%00", "a%2Fb", "%C3%B1", "a b", "x" * 129])
def test_a_path_parameter_that_is_no_id_names_nothing(sent: str) -> None:
    with pytest.raises(Missing):
        decode_parameters(("order_id",), {"order_id": sent})


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_a_refusal(raw: bytes) -> None:
    assert isinstance(_outcome(raw), (NewThing, *REFUSALS))


@given(st.text(alphabet='{}[]",:\\u0d8title 1e9-.nulltrue\x00', max_size=60))
def test_no_near_json_does_worse_than_a_refusal(text: str) -> None:
    assert isinstance(_outcome(text.encode()), (NewThing, *REFUSALS))


def _outcome(raw: bytes) -> object:
    """Return what was read, or why it was refused."""
    try:
        return decode_body(DECODER, raw, "application/json")
    except REFUSALS as refusal:
        return refusal
