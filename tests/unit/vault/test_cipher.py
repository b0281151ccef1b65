"""What is sealed opens in its own place, whole, and nowhere else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.vault.cipher import KEY_BYTES, NONCE_BYTES, TAG_BYTES, VERSION, seal, unseal
from marketplace.vault.model import SealBroken

KEY, OTHER_KEY = b"k" * KEY_BYTES, b"o" * KEY_BYTES
NONCE = bytes(range(NONCE_BYTES))
PLACE = {"person_id": "acc_1", "field": "account/email"}
NAMES = st.text(max_size=20)


def _sealed(text: str = "lucia@example.com") -> str:
    return seal(KEY, text, nonce=NONCE, **PLACE)


@given(text=st.text(max_size=200), person=NAMES, field=NAMES, nonce=st.binary(min_size=12, max_size=12))
def test_what_is_sealed_opens_in_its_place(text: str, person: str, field: str, nonce: bytes) -> None:
    sealed = seal(KEY, text, person_id=person, field=field, nonce=nonce)

    assert unseal(KEY, sealed, person_id=person, field=field) == text


@given(here=st.tuples(NAMES, NAMES), there=st.tuples(NAMES, NAMES))
def test_it_opens_for_no_other_person_or_field(here: tuple[str, str], there: tuple[str, str]) -> None:
    sealed = seal(KEY, "text", person_id=here[0], field=here[1], nonce=NONCE)

    if here == there:
        assert unseal(KEY, sealed, person_id=there[0], field=there[1]) == "text"
    else:
        with pytest.raises(SealBroken):
            unseal(KEY, sealed, person_id=there[0], field=there[1])


def test_what_ends_one_part_of_a_place_does_not_begin_the_next() -> None:
    sealed = seal(KEY, "text", person_id="ab", field="c", nonce=NONCE)

    with pytest.raises(SealBroken):
        unseal(KEY, sealed, person_id="a", field="bc")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        unseal(OTHER_KEY, _sealed(), **PLACE)


def test_no_bit_may_be_flipped() -> None:
    packed = base64.urlsafe_b64decode(_sealed() + "==")
    bits = [(at, bit) for at in range(len(packed)) for bit in range(8)]
    flipped = [packed[:at] + bytes([packed[at] ^ (1 << bit)]) + packed[at + 1 :] for at, bit in bits]

    for each in flipped:
        with pytest.raises(SealBroken):
            unseal(KEY, base64.urlsafe_b64encode(each).decode().rstrip("="), **PLACE)
    assert len(flipped) == 8 * (1 + NONCE_BYTES + len("lucia@example.com") + TAG_BYTES)


def test_one_text_has_one_spelling() -> None:
    sealed = _sealed("lucia@example.co")  # a length whose last character has bits to spare
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    opened = [last for last in alphabet if _opens(sealed[:-1] + last)]

    assert opened == [sealed[-1]]
    assert not _opens(sealed + "=")


def _opens(sealed: str) -> bool:
    try:
        unseal(KEY, sealed, **PLACE)
    except SealBroken:
        return False
    return True


@pytest.mark.parametrize("broken", ["", "AQ", "lucia@example.com", "ñ", "A" * 39, " " + "A" * 60, "AA==", "\n"])
def test_what_was_never_sealed_does_not_open(broken: str) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, broken, **PLACE)


@given(cut=st.integers(min_value=0, max_value=59))
def test_nothing_may_be_cut_off(cut: int) -> None:
    sealed = _sealed()

    with pytest.raises(SealBroken):
        unseal(KEY, sealed[:cut], **PLACE)


def test_the_version_is_the_first_byte_and_counts() -> None:
    packed = base64.urlsafe_b64decode(_sealed() + "==")

    assert packed[0] == VERSION
    with pytest.raises(SealBroken):
        unseal(KEY, base64.urlsafe_b64encode(bytes([VERSION + 1]) + packed[1:]).decode().rstrip("="), **PLACE)


@pytest.mark.parametrize(("key", "nonce"), [(KEY[:-1], NONCE), (KEY, NONCE[:-1]), (b"", b"")])
def test_a_short_key_or_nonce_is_our_own_mistake(key: bytes, nonce: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(key, "text", nonce=nonce, **PLACE)
