"""Words of an expression, and the cursor its grammar reads them through."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from .dynamo_ast import Literal, Path
from .dynamo_errors import validation
from .dynamo_reserved import RESERVED

MAX_EXPRESSION_BYTES = 4096
_WORDS = re.compile(
    r"\s*(?:(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<alias>#[A-Za-z0-9_]+)"
    r"|(?P<value>:[A-Za-z0-9_]+)"
    r"|(?P<index>[0-9]+)"
    r"|(?P<mark><>|<=|>=|[=<>()\[\],.+-]))"
)
_KEYWORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"})


class Word(NamedTuple):
    """One word: its sort, and its text (keywords in capitals)."""

    sort: str
    text: str
    position: int


_END = "<EOF>"


def words_of(kind: str, text: str) -> list[Word]:
    """Split an expression, or refuse what cannot be split."""
    if not text.strip():
        raise validation(f"Invalid {kind}: The expression can not be empty;")
    if len(text.encode("utf-8")) > MAX_EXPRESSION_BYTES:
        raise validation(
            f"Invalid {kind}: Expression size has exceeded the maximum allowed size; "
            f"expression size: {len(text.encode('utf-8'))}"
        )
    words, position, end = [], 0, len(text.rstrip())
    while position < end:
        match = _WORDS.match(text, position)
        if match is None:
            raise _syntax_error(kind, text, text[position:].split(maxsplit=1)[0], position)
        words.append(_word(match))
        position = match.end()
    words.append(Word("end", _END, end))
    return words


def _word(match: re.Match[str]) -> Word:
    sort = str(match.lastgroup)
    text = match.group(sort)
    if sort == "name" and text.upper() in _KEYWORDS:
        return Word("keyword", text.upper(), match.start(sort))
    return Word(sort, text, match.start(sort))


def _syntax_error(kind: str, text: str, word: str, position: int) -> Exception:
    near = text[max(0, position - 10) : position + len(word) + 10].strip()
    return validation(f'Invalid {kind}: Syntax error; token: "{word}", near: "{near}"')


class Cursor:
    """Reads words one by one; every `take` either yields what was wanted or raises a syntax error."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self._text = text
        self._words = words_of(kind, text)
        self._at = 0

    @property
    def word(self) -> Word:
        """The word about to be read."""
        return self._words[self._at]

    def peek(self) -> Word:
        """The word after the one about to be read."""
        return self._words[min(self._at + 1, len(self._words) - 1)]

    def next(self) -> Word:
        """Read a word of any sort."""
        word = self.word
        self._at += 1
        return word

    def fail(self) -> NoReturn:
        """A syntax error at the word about to be read."""
        raise _syntax_error(self.kind, self._text, self.word.text, self.word.position)

    def refuse(self, message: str) -> NoReturn:
        """A well-formed expression that has no meaning."""
        raise validation(f"Invalid {self.kind}: {message}")

    def accept(self, text: str) -> bool:
        """Read the word if it is this mark or keyword."""
        if self.word.text == text and self.word.sort in {"mark", "keyword"}:
            self._at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Read this mark or keyword."""
        if not self.accept(text):
            self.fail()

    def take(self, sort: str) -> str:
        """Read a word of a sort."""
        if self.word.sort != sort:
            self.fail()
        return self.next().text

    def finish(self) -> None:
        """Nothing may follow."""
        if self.word.sort != "end":
            self.fail()

    def literal(self) -> Literal:
        """Read a `:value`."""
        return Literal(self.take("value"))

    def path(self) -> Path:
        """Read a document path such as `a.#b[2]`."""
        steps: list[str | int] = [self._attribute()]
        while True:
            if self.accept("."):
                steps.append(self._attribute())
            elif self.accept("["):
                steps.append(int(self.take("index")))
                self.expect("]")
            else:
                return Path(tuple(steps))

    def _attribute(self) -> str:
        if self.word.sort == "alias":
            return self.next().text
        name = self.take("name")
        if name.upper() in RESERVED:
            self.refuse(f"Attribute name is a reserved keyword; reserved keyword: {name}")
        return name
