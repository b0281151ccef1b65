"""Print the whole authorisation table."""

import sys

from tests.contract.authorisation import all_rows
from tests.contract.authorisation.vocabulary import ROLES, Row

WIDTH = 10


def lines_of(row: Row) -> list[str]:
    """Show a row as it is executed, one line a relation."""
    relations = dict.fromkeys(relation for relation, _ in row.cells)
    words = {relation: [row.cells[relation, role].split()[-1] for role in ROLES] for relation in relations}
    shown = [_columns(f"    {relation}", *words[relation]) for relation in relations]
    return [f"{row} ({row.at})" if row.thing else str(row), *shown]


def _columns(*words: str) -> str:
    return " ".join(word[:WIDTH].ljust(WIDTH) for word in words)


if __name__ == "__main__":
    table = [_columns("", *ROLES), *(line for row in all_rows() for line in lines_of(row))]
    sys.stdout.write("\n".join(table) + "\n")
