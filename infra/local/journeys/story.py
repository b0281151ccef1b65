"""What the journeys tell while they happen: several are played at once, and read one after the other."""

import sys
import threading
from collections.abc import Callable, Sequence

WHO_WIDTH, DOES_WIDTH = 25, 58


class JourneyFailed(Exception):
    """Something did not come about; the message is one sentence for a person."""


class Story:
    """The lines of one journey. They are printed at once while it is this journey's turn, and kept until then."""

    def __init__(self, title: str, write: Callable[[str], None]) -> None:
        self.title = title
        self._write = write
        self._kept: list[str] = []
        self._turn = False
        self._lock = threading.Lock()
        self.orders: list[str] = []
        self.say(title)

    def tell(self, who: object, does: str, result: str = "") -> None:
        """Add a line: who, what they do, and what came of it."""
        line = f"  {who!s:<{WHO_WIDTH}}{does}"
        self.say(f"{line:<{WHO_WIDTH + DOES_WIDTH}} -> {result}" if result else line)

    def say(self, line: str) -> None:
        """Add a line as it is."""
        with self._lock:
            if self._turn:
                self._write(line)
            else:
                self._kept.append(line)

    def take_turn(self) -> None:
        """Print what was kept, and everything from now on."""
        with self._lock:
            for line in self._kept:
                self._write(line)
            self._kept.clear()
            self._turn = True


def write_line(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Lay out rows below their head; columns whose numbers are in `right` are aligned to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]

    def line(row: Sequence[str]) -> str:
        cells = [
            f"{cell:>{width}}" if column in right else f"{cell:<{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  " + "  ".join(cells).rstrip()

    return [line(head), *(line(row) for row in rows)]


def money(amount_minor: int, currency: str = "eur") -> str:
    """Write an amount as people do: 45.00 €."""
    signs = {"eur": "€", "gbp": "£", "usd": "US$", "jpy": "¥"}
    exponent = 0 if currency == "jpy" else 2
    whole = f"{amount_minor / 10**exponent:,.{exponent}f}"  # for the eye only: nothing is computed with it
    return f"{whole} {signs.get(currency, currency.upper())}"
