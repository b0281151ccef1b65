"""A receipt or an earning as one page that needs nothing else: no script, no font, nothing fetched; can be printed."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from html import escape

from marketplace.notifications.rendering import format_moment, format_money
from marketplace.orders.model import BUYER
from marketplace.orders.outlook_words import PERIODS
from marketplace.orders.references import reference_of
from marketplace.statements.model import Entry
from marketplace.statements.sheets import Sheet
from marketplace.statements.texts import clause_of, state_of, title_of, word
from marketplace.withdrawals.texts import MODEL_FORM, RIGHT

STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#f3f2ee;color:#1d1c1a;font:15px/1.5 Georgia,'Times New Roman',serif}
main{max-width:54rem;margin:2rem auto;background:#fff;padding:3rem 3.5rem;border-top:6px solid #1c5d4a}
h1{font-size:1.7rem;margin:0 0 .2rem;font-weight:600}
h2{font-size:1rem;margin:2.2rem 0 .5rem;font-weight:600;color:#1c5d4a}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:1.2rem 0 0}
dt{color:#6b675f}dd{margin:0;overflow-wrap:anywhere}
.t{overflow-x:auto}
table{width:100%;border-collapse:collapse}
th{font-weight:400;font-size:.82rem;color:#6b675f;text-align:left;padding:.3rem .8rem .3rem 0}
th{border-bottom:1px solid #b9b5ab}
td{padding:.45rem .8rem .45rem 0;border-bottom:1px solid #e7e4dd;vertical-align:top}
td:last-child,th:last-child{padding-right:0}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.d{white-space:nowrap}
.c{font-size:.85rem;color:#6b675f}
code{font:.82rem/1.4 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
td code{white-space:nowrap}
tfoot td{border-bottom:0;font-weight:600;border-top:2px solid #1d1c1a}
footer{margin-top:2.4rem;font-size:.85rem;color:#6b675f}
@media (max-width:40rem){main{margin:0;padding:1.5rem 1rem}table{font-size:.86rem}td,th{padding-right:.5rem}}
@media print{body{background:#fff;font-size:11pt}main{margin:0;padding:0;border-top:0;max-width:none}
h2{break-after:avoid}tr{break-inside:avoid}}
"""


def style_policy() -> str:
    """Return the Content-Security-Policy that lets this page's own style in, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"


def render(sheet: Sheet, locale: str) -> str:
    """Draw a receipt (for the buyer) or an earning (for the seller)."""
    kind = "receipt" if sheet.role == BUYER else "earning"
    body = "".join(draw(sheet, locale) for draw in (partial(_heading, kind=kind), *_PARTS))
    title = f"{word(kind, locale)} {sheet.order.order_id}"
    return (
        f'<!doctype html>\n<html lang="{locale}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}"
        f"<footer><p>{_w('closing_line', locale)}<br>"
        f"{_w('read', locale)} {_moment(sheet.read_at, locale)}.</p></footer>"
        "</main></body></html>\n"
    )


def _heading(sheet: Sheet, locale: str, *, kind: str) -> str:
    order = sheet.order
    facts = [
        (word("order", locale), f"<code>{escape(order.order_id)}</code>"),
        (word("number", locale), f"<code>{reference_of(order.order_id)}</code>"),
        (word("placed", locale), _moment(order.placed_at, locale)),
        (word("state", locale), escape(state_of(order.state, locale))),
    ]
    if sheet.role != BUYER:
        facts.append((word("ruled_by", locale), escape(order.fee_version)))
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{shown}</dd>" for name, shown in facts)
    return f"<h1>{_w(kind, locale)}</h1><dl>{listed}</dl>"


def _goods(sheet: Sheet, locale: str) -> str:
    order = sheet.order
    rows = "".join(
        f"<tr><td>{escape(line.title)}</td><td class=n>{line.quantity}</td>"
        f"<td class=n>{_money(sheet, line.unit_minor, locale)}</td>"
        f"<td class=n>{_money(sheet, line.total_minor, locale)}</td></tr>"
        for line in order.lines
    )
    foot = f"<td colspan=3>{_w('sum', locale)}</td><td class=n>{_money(sheet, order.total_minor, locale)}</td>"
    return f"<h2>{_w('goods', locale)}</h2>" + _table(
        (("article", ""), ("quantity", "n"), ("price", "n"), ("sum", "n")), rows, foot, locale
    )


def _amounts(sheet: Sheet, locale: str) -> str:
    account = sheet.account
    if not account.entries:
        return f"<h2>{_w('money', locale)}</h2><p>{_w('none', locale)}</p>{_held(sheet, locale)}"
    whole = "you_paid" if sheet.role == BUYER else "you_earned"
    shown = f"<h2>{_w('money', locale)}</h2>" + _entries(sheet, account.entries, whole, account.total_minor, locale)
    if account.settled:
        shown += f"<h2>{_w('settled', locale)}</h2>"
        shown += _entries(sheet, account.settled, "you_received", account.settled_minor, locale)
        shown += f"<p class=c>{_w('to_bank', locale)}</p>"
    if sheet.role != BUYER:
        shown += f"<p><strong>{_w('open', locale)}: {_money(sheet, account.open_minor, locale)}</strong></p>"
    return shown + _held(sheet, locale)


def _held(sheet: Sheet, locale: str) -> str:
    parts = (("held", sheet.held_minor), ("promised", sheet.promised_minor), ("waiting", sheet.waiting_minor))
    return "".join(f"<p>{_w(name, locale)}: {_money(sheet, minor, locale)}</p>" for name, minor in parts if minor)


def _entries(sheet: Sheet, entries: Iterable[Entry], whole: str, total_minor: int, locale: str) -> str:
    rows = "".join(
        f"<tr><td class=d>{_day(entry.at)}</td><td>{escape(title_of(sheet.role, entry.fact, locale))}</td>"
        f"<td class=c>{escape(clause_of(entry.clause, locale, entry.rate_bps))}</td>"
        f"<td>{'<code>&hellip;' + escape(entry.reference) + '</code>' if entry.reference else ''}</td>"
        f"<td class=n>{_money(sheet, entry.amount_minor, locale)}</td></tr>"
        for entry in entries
    )
    foot = f"<td colspan=4>{_w(whole, locale)}</td><td class=n>{_money(sheet, total_minor, locale)}</td>"
    columns = (("date", ""), ("what", ""), ("rule", ""), ("reference", ""), ("amount", "n"))
    return _table(columns, rows, foot, locale)


def _next(sheet: Sheet, locale: str) -> str:
    heading = f"<h2>{_w('next', locale)}</h2>"
    if not sheet.next:
        return f"{heading}<p>{_w('nothing_next', locale)}</p>"
    rows = "".join(
        f"<tr><td class=d>{_moment(step.at, locale)}</td>"
        f"<td>{escape(step.silence.es if locale == 'es' else step.silence.en)}</td></tr>"
        for step in sheet.next
    )
    return f"{heading}<table><tbody>{rows}</tbody></table>"


def _refunds(sheet: Sheet, locale: str) -> str:
    rows = "".join(
        f"<tr><td class=d>{_moment(each.ends, locale) if each.ends else ''}</td>"
        f"<td>{escape(PERIODS[each.code][locale == 'es'])}</td>"
        f"<td class=n>{_money(sheet, each.refund_minor, locale)}</td></tr>"
        for each in sheet.outlook.refunds
    )
    columns = (("until", ""), ("what", ""), ("at_most", "n"))
    heads = "".join(f'<th scope="col" class="{kind}">{_w(name, locale)}</th>' for name, kind in columns)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<h2>{_w('refunds', locale)}</h2><div class=t>{table}</div>"


def _withdrawal(sheet: Sheet, locale: str) -> str:
    """Say how to withdraw, with the model form of Directive 2011/83/EU, annex I: the receipt is kept."""
    if not sheet.withdrawable:
        return ""
    right, form = (escape(words[locale == "es"]) for words in (RIGHT, MODEL_FORM))
    return f"<h2>{_w('withdrawal', locale)}</h2><p>{right}</p><p class=c>{form}</p>"


_PARTS = (_goods, _amounts, _next, _refunds, _withdrawal)


def _table(columns: Sequence[tuple[str, str]], rows: str, foot: str, locale: str) -> str:
    heads = "".join(f'<th scope="col" class="{kind}">{_w(name, locale)}</th>' for name, kind in columns)
    table = f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody><tfoot><tr>{foot}</tr></tfoot>"
    return f"<div class=t><table>{table}</table></div>"


def _w(name: str, locale: str) -> str:
    return escape(word(name, locale))


def _money(sheet: Sheet, minor: int, locale: str) -> str:
    return escape(format_money(minor, sheet.order.currency, locale))


def _moment(at: datetime, locale: str) -> str:
    return escape(format_moment(at, locale))


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d")
