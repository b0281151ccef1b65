"""The documentation page: whole, self-contained, and safe to show whatever a document says."""

import re
from html.parser import HTMLParser

import pytest

from marketplace.web import Public, route
from marketplace.web.docs_page import render, style_policy
from marketplace.web.openapi import openapi_document
from tests.unit.web.making import ROUTES, NewThing, Thing

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Collects what a test asks about, and insists that elements close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.elements: set[str] = set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def text() -> str:
    return render(openapi_document({"things": ROUTES}))


def test_the_page_shows_every_route_and_is_well_formed(text: str) -> None:
    page = Page(text)

    assert {route.name for route in ROUTES} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_page_fetches_nothing_and_runs_nothing(text: str) -> None:
    page = Page(text)

    assert page.elements.isdisjoint({"script", "img", "link", "iframe", "object"})
    assert all(link.startswith("#") or link == "openapi.json" for link in page.links)
    assert "url(" not in text


def test_every_link_inside_the_page_leads_somewhere(text: str) -> None:
    page = Page(text)

    assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= set(page.ids)


def test_the_policy_lets_in_the_pages_own_style_only(text: str) -> None:
    assert text.count("<style>") == 1
    assert not re.search(r'\sstyle="', text)
    assert style_policy().startswith("default-src 'none'; style-src 'sha256-")


def test_text_from_a_document_is_shown_and_never_obeyed() -> None:
    def sneak(request, services):
        """Say <script>alert(1)</script> & "quote" `code <b>`."""

    declared = route("POST", "/sneak", access=Public, body=NewThing, returns=Thing)(sneak)

    text = render(openapi_document({"things": (declared,)}))

    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in text
    assert "<code>code &lt;b&gt;</code>" in text


def test_the_page_can_be_used_without_a_mouse_and_read_aloud(text: str) -> None:
    assert '<html lang="en">' in text
    assert '<a class="skip" href="#content">' in text
    assert text.count("<main") == text.count("<h1") == 1
    assert 'name="viewport"' in text
    assert "<summary>" in text
    assert "aria-labelledby" in text
