"""An order's short number, for people: printed on its receipt, typed by whoever withdraws.

It follows from the order's id, so that every order has one and nothing is stored. Nine characters of an alphabet
without look-alikes and one that checks them: any one wrong character, and any two neighbours exchanged, are noticed. It
names an order only together with the address of the account that bought, so that it need not be a secret.
"""

import hashlib
import re

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31, a prime: no 0 O, no 1 I L
LENGTH = 10  # with the check character
_HALF = LENGTH // 2
_SEPARATORS = re.compile(r"[\s\-.]+")


def reference_of(order_id: str) -> str:
    """Return the number of an order, such as `7KQ2M-9XTRD`."""
    number = int.from_bytes(hashlib.sha256(f"order reference {order_id}".encode()).digest()[:16], "big")
    body = ""
    for _place in range(LENGTH - 1):
        number, rest = divmod(number, len(ALPHABET))
        body += ALPHABET[rest]
    whole = body + _check(body)
    return f"{whole[:_HALF]}-{whole[_HALF:]}"


def parse_reference(text: str) -> str | None:
    """Return what somebody typed in its one spelling; None when it cannot be a number of ours."""
    plain = _SEPARATORS.sub("", text).upper()
    if len(plain) != LENGTH or not set(plain) <= set(ALPHABET) or _check(plain[:-1]) != plain[-1]:
        return None
    return f"{plain[:_HALF]}-{plain[_HALF:]}"


def _check(body: str) -> str:
    """Weigh each place differently, modulo a prime: one slip never gives the same sum."""
    return ALPHABET[sum((place + 2) * ALPHABET.index(each) for place, each in enumerate(body)) % len(ALPHABET)]
