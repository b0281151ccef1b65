"""Claims as leaves: salted, so that nobody guesses another's, and sorted by salt, so that places say nothing."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence

from marketplace.solvency.model import Claim
from marketplace.solvency.tree import Node, leaf, root_of


def in_leaf_order(seed: str, claims: Iterable[Claim]) -> list[Claim]:
    """Sort by salt, so that who stands beside whom says nothing."""
    return sorted(claims, key=lambda claim: salt_of(seed, claim))


def leaf_of(seed: str, claim: Claim) -> Node:
    """Return the leaf of a claim under a statement's seed."""
    return leaf(salt_of(seed, claim), claim.name, claim.currency, claim.amount_minor)


def root_hash(seed: str, claims: Sequence[Claim]) -> str:
    """Return the root over claims in the order of their leaves, as statements spell it."""
    return root_of([leaf_of(seed, claim) for claim in claims]).hash.hex()


def salt_of(seed: str, claim: Claim) -> bytes:
    """Return the salt that only those who may check the claim are shown."""
    return hmac.new(seed.encode(), f"{claim.currency}#{claim.name}".encode(), hashlib.sha256).digest()
