"""Copies of objects, which are made for each answer, each change and each look."""

import marshal
from typing import TypeVar

T = TypeVar("T")
# The last format that writes each value out; later ones would let the copy share what the original does.
_BY_VALUE = 2


def copied(value: T) -> T:
    """Copy a tree of JSON values; some ten times as fast as `copy.deepcopy`, which reckons with anything.

    Raises: ValueError for a value that JSON does not have.
    """
    copy: T = marshal.loads(marshal.dumps(value, _BY_VALUE))  # noqa: S302 - our own, of this moment
    return copy
