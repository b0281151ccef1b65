"""What may be announced as evidence."""

import msgspec
import pytest

from marketplace.disputes.asking.wire import NewEvidence

GOOD = {"content_type": "image/png", "size_bytes": 1, "sha256": "ab" * 32, "description": "The box."}


def test_a_digest_is_64_digits() -> None:
    assert msgspec.convert(GOOD, NewEvidence).sha256 == "ab" * 32


@pytest.mark.parametrize("digest", ["", "ab" * 31, "AB" * 32, "ab" * 33, "ab" * 32 + "\n", "g" * 64])
def test_anything_else_is_refused(digest: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(GOOD | {"sha256": digest}, NewEvidence)
