"""D: what is promised about personal data.

D1 no personal field lies in a table as it was typed
"""

from collections.abc import Callable, Iterable, Iterator

from marketplace.audit.view import View, Violation


def nothing_personal_is_plain(view: View) -> Iterator[Violation]:
    """D1: whoever copies a table, or a backup of one, learns nobody's name or address."""
    for place in view.unsealed:
        yield Violation("D1", place, "a personal field is not sealed")


PERSONAL: tuple[Callable[[View], Iterable[Violation]], ...] = (nothing_personal_is_plain,)
