"""Amounts, dates and names as each language writes them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from marketplace.notifications.rendering import Text, format_moment, format_money, mail_body, render

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("amount_minor", "currency", "english", "spanish"),
    [
        (0, "eur", "€0.00", f"0,00{NBSP}€"),
        (5, "eur", "€0.05", f"0,05{NBSP}€"),
        (2_450, "usd", "US$24.50", f"24,50{NBSP}US$"),
        (123_450, "eur", "€1,234.50", f"1234,50{NBSP}€"),
        (999_999, "gbp", "£9,999.99", f"9999,99{NBSP}£"),
        (1_000_000, "eur", "€10,000.00", f"10.000,00{NBSP}€"),
        (99_999_999, "eur", "€999,999.99", f"999.999,99{NBSP}€"),
        (1_200, "jpy", "¥1,200", f"1200{NBSP}¥"),
        (1_234_567, "jpy", "¥1,234,567", f"1.234.567{NBSP}¥"),
        (-2_450, "eur", "-€24.50", f"-24,50{NBSP}€"),
    ],
)
def test_money_is_written_as_the_locale_does(amount_minor, currency, english, spanish):
    assert format_money(amount_minor, currency, "en") == english
    assert format_money(amount_minor, currency, "es") == spanish


def test_a_moment_is_written_in_utc_and_says_so():
    at = datetime(2026, 3, 1, 0, 5, tzinfo=timezone(timedelta(hours=1)))

    assert format_moment(at, "en") == "28 February 2026, 23:05 (UTC)"
    assert format_moment(at, "es") == "28 de febrero de 2026 a las 23:05 (UTC)"


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_its_name_in_both_languages(month):
    at = datetime(2026, month, 2, tzinfo=UTC)

    assert format_moment(at, "en") == f"2 {at:%B} 2026, 00:00 (UTC)"
    assert " de  de " not in format_moment(at, "es")


def test_a_deadline_that_the_event_carries_is_stated():
    facts = {"due_at": "2026-03-28T09:30:00.000Z"}

    assert "Ship by 28 March 2026, 09:30 (UTC) and" in render("order.paid", "seller", "ord_1", facts, "en").body
    assert "antes del 28 de marzo de 2026 a las 09:30 (UTC)" in render("order.paid", "seller", "o", facts, "es").body


@pytest.mark.parametrize("due_at", ["", "soon", 5])
def test_an_unreadable_deadline_becomes_a_plain_phrase(due_at):
    body = render("order.paid", "seller", "ord_1", {"due_at": due_at}, "en").body

    assert "Ship within the time shown in the order and" in body


@pytest.mark.parametrize("facts", [{"total_minor": "12", "currency": "eur"}, {"total_minor": 12, "currency": "xau"}])
def test_an_unreadable_amount_becomes_a_plain_phrase(facts):
    assert "We received the order's amount and" in render("order.paid", "buyer", "ord_1", facts, "en").body


def test_settling_says_why():
    body = render("order.settling", "buyer", "ord_1", {"via": "ship_overdue"}, "es").body

    assert body.startswith("El pedido no se envió a tiempo. ")


def test_an_unknown_locale_reads_english():
    assert render("order.paid", "buyer", "ord_1", {}, "fr") == render("order.paid", "buyer", "ord_1", {}, "en")


@pytest.mark.parametrize(("locale", "title"), [("en", "Something changed"), ("es", "Ha cambiado algo")])
def test_a_kind_that_no_longer_has_a_text_still_reads(locale, title):
    assert render("order.retired", "buyer", "ord_1", {}, locale) == Text(
        title, "order.retired: ord_1", "/notifications"
    )


def test_values_are_never_read_as_placeholders():
    text = render("dispute.opened", "buyer", "dsp_1", {"order_id": "{total.__class__}"}, "en")

    assert "{total.__class__}" in text.title


def test_a_letter_greets_by_name_and_ends_with_the_one_link():
    text = Text("Title", "Body.", "/x")

    assert (
        mail_body(text, name="Lucía", link="https://a/x", locale="es")
        == "Hola, Lucía:\n\nBody.\n\nhttps://a/x\n\nAval\n"
    )
    assert mail_body(text, name="Tomás", link="https://a/x", locale="en").startswith("Hello Tomás,\n\n")


@pytest.mark.parametrize(("name", "greeting"), [("", "Hello,"), ("  \n ", "Hello,"), ("A\nB\tC", "Hello A B C,")])
def test_a_name_cannot_break_out_of_its_line(name, greeting):
    assert mail_body(Text("T", "B.", "/"), name=name, link="l", locale="en").split("\n")[0] == greeting


def test_a_long_name_is_cut():
    assert len(mail_body(Text("T", "B.", "/"), name="x" * 500, link="l", locale="en").split("\n")[0]) < 80
