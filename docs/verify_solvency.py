# ruff: noqa: INP001 - one file for anybody, part of no package
"""Check a proof of solvency of an Aval marketplace, trusting nobody: `python verify_solvency.py proof.json`.

`proof.json` is the answer of GET /solvency/{date}/proof (or latest/proof) to you. Needs Python 3.11 and `cryptography`.

What is checked: the signature over the statement; for each claim that is yours, that its leaf leads to the signed root
and that the sums along the way give the signed total, none of them negative. With --key the signature must be of that
public key (base 64), which you kept from an earlier day: a marketplace that changes its key must say so.
With --claims you say which claims you expect (held:ord_1=eur:12000, ...): one that is missing or smaller fails.

In each currency there are two trees. One is of what the platform owes, against the platform's balance at Stripe. The
other is of what lies in sellers' own accounts there (balance:acc_1): everything sent to you that is not at your bank
yet. For that one the statement says of how many balances Stripe was asked account by account, and what it held less or
more. Statements of the first format (aval-solvency-1) have no second tree, and check as they did.

The statement and your proof do not show that nobody was left out; that every person's claim is in is checked by each
of them. The more of you do it, the less can be hidden.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

AMOUNT_MAX = 2**63 - 1
HASH_BYTES = 32  # of a salt, too
FORMATS = ("aval-solvency-1", "aval-solvency-2")  # the first says nothing of what lies in sellers' own accounts
BALANCE = "balance:"


class Wrong(Exception):
    """Something does not check."""


def verify(answer: dict, key: str | None = None, expected: dict | None = None) -> list[str]:
    """Return one line for each thing that was checked.

    Raises: Wrong at the first that fails.
    """
    statement = _signed(answer, key)
    lines = [f"signature good: {statement['stage']}, {statement['at']}"]
    found = {}
    for proof in answer["proofs"]:
        covered = statement["currencies"].get(proof["currency"])
        if covered is None:
            raise Wrong(f"{proof['claim']}: the statement has no {proof['currency']}")
        _climbs(proof, *_tree_of(proof, covered))
        found[proof["claim"], proof["currency"]] = proof["amount_minor"]
        lines.append(f"counted: {proof['claim']}, {proof['amount_minor']} {proof['currency']} (minor units)")
    for (claim, currency), amount in (expected or {}).items():
        if found.get((claim, currency), 0) < amount:
            raise Wrong(f"{claim}: {found.get((claim, currency), 0)} {currency} is counted, and {amount} is owed")
    for currency, covered in statement["currencies"].items():
        owed, held = covered["total_owed_minor"], covered["at_stripe_minor"]
        if sum(covered["owed_minor"].values()) != owed:
            raise Wrong(f"{currency}: the kinds of claims do not sum to the total")
        lines.append(f"{currency}: owed {owed}, at Stripe {held}, {covered['status']}")
        lines += [_balances(currency, covered["balances"])] if statement["format"] != FORMATS[0] else []
    return lines


def _tree_of(proof: dict, covered: dict) -> tuple[str, int]:
    """Return the signed root and total that a claim's path must lead to."""
    if not proof["claim"].startswith(BALANCE):
        return covered["root"], covered["total_owed_minor"]
    if "balances" not in covered:
        raise Wrong(f"{proof['claim']}: the statement says nothing of balances")
    return covered["balances"]["root"], covered["balances"]["total_minor"]


def _balances(currency: str, said: dict) -> str:
    """Return what was compared of sellers' balances, when its numbers agree with each other and with the status."""
    asked, held = _amount(said["compared_minor"]), said["at_stripe_minor"]
    missing, over = _amount(said["missing_minor"]), _amount(said["over_minor"])
    if asked - missing + over != held:
        raise Wrong(f"{currency}: what Stripe holds for sellers is not what was compared, less missing, and over")
    whole = said["compared"] == said["claims"] and asked == said["total_minor"]
    good = ("covered", "partly_compared") if whole else ("partly_compared",)
    if said["status"] in ("covered", "partly_compared") and (missing or said["unsound"] or said["status"] not in good):
        raise Wrong(f"{currency}: sellers' balances are not {said['status']}")
    counts = f"{said['compared']} of {said['claims']} balances compared"
    return f"{currency}: sellers' balances {said['total_minor']}, {counts}, at Stripe {held}, {said['status']}"


def _signed(answer: dict, key: str | None) -> dict:
    if key is not None and key != answer["public_key"]:
        raise Wrong("signed with another key than the one you kept")
    public = load_der_public_key(base64.b64decode(answer["public_key"]))
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise Wrong("this is no elliptic curve key")
    try:
        public.verify(base64.b64decode(answer["signature"]), answer["text"].encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Wrong("the signature is not of this text") from None
    statement = json.loads(answer["text"])
    if statement["format"] not in FORMATS:
        raise Wrong(f"a statement of an unknown format: {statement['format']}")
    return statement


def _climbs(proof: dict, root: str, whole: int) -> None:
    amount = _amount(proof["amount_minor"])
    named = proof["claim"].encode()
    salt = bytes.fromhex(proof["salt"])
    if len(salt) != HASH_BYTES:
        raise Wrong(f"{proof['claim']}: the salt has not 32 bytes")
    parts = (b"\x00", salt, len(named).to_bytes(2, "big"), named, proof["currency"].encode(), amount.to_bytes(8, "big"))
    here, total = hashlib.sha256(b"".join(parts)).digest(), amount
    for step in proof["path"]:
        beside, more = bytes.fromhex(step["hash"]), _amount(step["sum_minor"])
        this, other = here + total.to_bytes(8, "big"), beside + more.to_bytes(8, "big")
        if step["side"] not in ("left", "right") or len(beside) != HASH_BYTES:
            raise Wrong(f"{proof['claim']}: a step of the path is malformed")
        here = hashlib.sha256(b"\x01" + (other + this if step["side"] == "left" else this + other)).digest()
        total = _amount(total + more)
    if here.hex() != root:
        raise Wrong(f"{proof['claim']}: the path does not lead to the signed root")
    if total != whole:
        raise Wrong(f"{proof['claim']}: the sums do not give the signed total")


def _amount(value: object) -> int:
    if type(value) is not int or not 0 <= value <= AMOUNT_MAX:
        raise Wrong(f"{value!r} is no amount")
    return value


def _claim(text: str) -> tuple[tuple[str, str], int]:
    claim, _, rest = text.partition("=")
    currency, _, amount = rest.partition(":")
    return (claim, currency), int(amount)


def main() -> int:
    """Check a file and say what was found."""
    parser = argparse.ArgumentParser(description="Check a proof of solvency.")
    parser.add_argument("proof", type=Path)
    parser.add_argument("--key", help="the public key you kept, base 64")
    parser.add_argument("--claims", nargs="*", type=_claim, default=[], metavar="CLAIM=CURRENCY:AMOUNT")
    asked = parser.parse_args()
    try:
        lines = verify(json.loads(asked.proof.read_text(encoding="utf-8")), asked.key, dict(asked.claims))
    except Wrong as wrong:
        sys.stderr.write(f"WRONG: {wrong}\n")
        return 1
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
