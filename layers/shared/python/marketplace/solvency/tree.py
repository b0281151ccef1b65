"""A Merkle tree whose nodes carry sums: the root fixes every claim and their total, a path proves that one is in it.

    leaf    = SHA-256(0x00 | salt (32) | claim length (2) | claim | currency (3) | amount (8))      sum = amount
    nothing = SHA-256(0x02)                                                                          sum = 0
    node    = SHA-256(0x01 | left hash | left sum (8) | right hash | right sum (8))                  sum = left + right

Integers are unsigned and big-endian, so that no claim and no sum is negative: a negative leaf could hide another's
claim. Leaves are filled up with `nothing` to a power of two; the bytes in front keep a leaf from passing for a node.
docs/verify_solvency.py is the same in one file, for anybody.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

SALT_BYTES = 32
AMOUNT_BYTES = 8
AMOUNT_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Node:
    """A hash, and the sum of all the claims below it."""

    hash: bytes
    sum_minor: int


@dataclass(frozen=True, slots=True)
class Sibling:
    """What stands beside the path at one level, and on which side."""

    node: Node
    is_left: bool


NOTHING = Node(hashlib.sha256(b"\x02").digest(), 0)


def leaf(salt: bytes, claim: str, currency: str, amount_minor: int) -> Node:
    """Return the leaf of one claim.

    Raises: ValueError for an amount that is negative or too large, or a salt of the wrong length.
    """
    if len(salt) != SALT_BYTES or not 0 <= amount_minor <= AMOUNT_MAX:
        raise ValueError("a leaf has a salt of 32 bytes and an amount of at least 0")
    named = claim.encode()
    parts = (b"\x00", salt, len(named).to_bytes(2, "big"), named, currency.encode(), _bytes(amount_minor))
    return Node(hashlib.sha256(b"".join(parts)).digest(), amount_minor)


def join(left: Node, right: Node) -> Node:
    """Return the node above two."""
    parts = (b"\x01", left.hash, _bytes(left.sum_minor), right.hash, _bytes(right.sum_minor))
    return Node(hashlib.sha256(b"".join(parts)).digest(), left.sum_minor + right.sum_minor)


def levels(leaves: Sequence[Node]) -> list[list[Node]]:
    """Return every level of the tree, the leaves (filled up) first and the root alone last."""
    width = 1
    while width < len(leaves):
        width *= 2
    made = [[*leaves, *[NOTHING] * (width - len(leaves))]]
    while len(made[-1]) > 1:
        below = made[-1]
        made.append([join(below[place], below[place + 1]) for place in range(0, len(below), 2)])
    return made


def root_of(leaves: Sequence[Node]) -> Node:
    """Return the root: of no leaves at all, `nothing`."""
    return levels(leaves)[-1][0]


def path_of(made: Sequence[Sequence[Node]], place: int) -> list[Sibling]:
    """Return what stands beside the way from a leaf to the root, from the bottom up."""
    path = []
    for level in made[:-1]:
        beside = place ^ 1
        path.append(Sibling(level[beside], is_left=beside < place))
        place //= 2
    return path


def climb(node: Node, path: Sequence[Sibling]) -> Node:
    """Return the root that a leaf and its path lead to."""
    for sibling in path:
        node = join(sibling.node, node) if sibling.is_left else join(node, sibling.node)
    return node


def _bytes(amount_minor: int) -> bytes:
    return amount_minor.to_bytes(AMOUNT_BYTES, "big")
