"""A cursor that nobody was given is refused, and never becomes an error of ours."""

import base64

import pytest

from marketplace.storage.cursor import BadCursor, decode_cursor, encode_cursor


def _forged(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def test_a_cursor_comes_back_as_its_places() -> None:
    assert decode_cursor(encode_cursor("2026-01-01", "lst_1", "señal"), count=3) == ["2026-01-01", "lst_1", "señal"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b'"abc"',
        b'["a","b"]',
        b'["a","b","c","d"]',
        b'["a","b",""]',
        b'["a","b",1]',
        b'["a","b",null]',
        b'["a","b","\\ud800"]',  # half a character: DynamoDB's client cannot write it
        b'["a","b","\xff"]',
        b"[" * 700,
    ],
)
def test_a_forged_cursor_is_refused(text: bytes) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(_forged(text), count=3)


@pytest.mark.parametrize("cursor", ["", "!", "a" * 1_025, "ñ", "Ā"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor, count=3)
