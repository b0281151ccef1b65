"""Receipts, earnings and statements as use cases. Only somebody's own; reading changes nothing but closes months."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.rows import every
from marketplace.kit.writes import Transactions
from marketplace.ledger.model import LedgerTransaction, seller_account, seller_debt_account
from marketplace.orders.model import BUYER, SELLER, OrderMissing
from marketplace.orders.ports import OrderPages
from marketplace.orders.service import OrderService, OrderView
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.statements.at_stripe import AtStripe, SellersAtStripe
from marketplace.statements.buyers import BuyerMonths
from marketplace.statements.explain import held_of, of_buyer, of_seller, promised_of, waiting_of
from marketplace.statements.invoices import Document, Invoice, NumberTaken
from marketplace.statements.monthly import (
    AlreadyClosed,
    Closing,
    Month,
    Statement,
    commission_in,
    month_of,
    seller_entries,
)
from marketplace.statements.parties import Parties, Party
from marketplace.statements.ports import Books, StatementStore
from marketplace.statements.sheets import OrderBook, Sheet
from marketplace.statements.waiting import waits_for_seller

BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)  # no book is older than the software
NUMBER_ATTEMPTS_MAX = 5
RETRY_AFTER_SECONDS = 2


class Statements:
    """Explains money to the people whose it is."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        orders: OrderService,
        pages: OrderPages,
        books: Books,
        store: StatementStore,
        at_stripe: SellersAtStripe,
        parties: Parties,
        outbox: Outbox,
    ) -> None:
        self._at_stripe = at_stripe
        self._parties = parties
        self._outbox = outbox
        self._clock = clock
        self._tx = transactions
        self._orders = orders
        self._buyers = BuyerMonths(clock=clock, pages=pages, books=books)
        self._books = books
        self._store = store

    def receipt(self, order_id: str, buyer_id: str) -> Sheet:
        """Explain what a buyer paid for an order and got back.

        Raises: OrderMissing for anybody else.
        """
        return self._sheet(order_id, buyer_id, BUYER)

    def earning(self, order_id: str, seller_id: str) -> Sheet:
        """Explain what a seller earned with an order.

        Raises: OrderMissing for anybody else.
        """
        return self._sheet(order_id, seller_id, SELLER)

    def statement(self, account_id: str, role: str, month_name: str, currency: str) -> Statement:
        """Return somebody's month in one currency, as seller or as buyer.

        Raises: BadMonth; MonthTooLong; Unavailable while an index has not caught up with the books.
        """
        month = month_of(month_name, self._clock.now())
        made = self._of_seller if role == SELLER else self._buyers.month_of
        return made(account_id, month, currency)

    def invoice(self, seller_id: str, month_name: str, currency: str) -> Invoice | None:
        """Return the invoice for a closed month's commission, giving it a number if it has none.

        None while the month is open, or when there was no commission.

        Raises: BadMonth; Unavailable.
        """
        known = self._store.invoice(seller_id, month_name, currency)
        if known is not None:
            return known
        statement = self.statement(seller_id, SELLER, month_name, currency)
        if not statement.is_closed or not (statement.commission_minor or statement.commission_vat_minor):
            return None
        for _attempt in range(NUMBER_ATTEMPTS_MAX):
            with suppress(NumberTaken):
                return self._issue(seller_id, statement)
            known = self._store.invoice(seller_id, month_name, currency)
            if known is not None:
                return known
        raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS)

    def _issue(self, seller_id: str, statement: Statement) -> Invoice:
        last, now = self._store.last_invoice(statement.month), self._clock.now()
        issuer = self._parties.issuer
        invoice = Invoice(
            seller_id,
            statement.month,
            statement.currency,
            last.count + 1,
            statement.commission_minor,
            statement.commission_vat_minor,
            now,
            {"name": issuer.name, "address": "|".join(issuer.address), "tax_id": issuer.tax_id},
            self._parties.taken_down(seller_id),
        )
        told = event(
            "invoice.ready",
            invoice.number,
            now,
            seller_id=seller_id,
            month=invoice.month,
            currency=invoice.currency,
            amount_minor=invoice.total_minor,
        )
        self._tx.commit([*self._store.issue(invoice, last), self._outbox.publish(told)])
        return invoice

    def document(self, seller_id: str, invoice: Invoice) -> Document:
        """Return an invoice with both parties' names; of one from before they were kept, as they are now.

        Raises: Unavailable.
        """
        kept = invoice.billed_to or self._parties.taken_down(seller_id)
        said, now = invoice.issued_by, self._parties.issuer
        issuer = (
            Party(said["name"], tuple(filter(None, said["address"].split("|"))), "", said["tax_id"]) if said else now
        )
        return Document(invoice, issuer, self._parties.opened(seller_id, kept))

    def tell_ready(self, seller_id: str, month_name: str) -> bool:
        """Tell a seller that a closed month's statement can be read; False when they were told."""
        now = self._clock.now()
        told = event("statement.ready", seller_id, now, once=month_name, seller_id=seller_id, month=month_name)
        try:
            self._tx.commit([self._outbox.publish(told)])
        except Conflict:
            return False
        return True

    def _sheet(self, order_id: str, account_id: str, role: str) -> Sheet:
        view = self._orders.view(order_id, account_id)
        if view.role != role:
            raise OrderMissing
        found = self._book_of(view)
        account = of_buyer(found) if role == BUYER else of_seller(found)
        minor = (held_of(found), promised_of(found), waiting_of(found, role))
        return Sheet(view.order, role, account, *minor, tuple(view.silence), self._clock.now(), view.outlook)

    def _book_of(self, view: OrderView) -> OrderBook:
        booked = self._books.of_book(view.order.order_id)
        if view.role == BUYER:  # a payment that came too late is booked as one, for all of its orders
            booked += self._books.of_book(view.order.payment_id)
        return OrderBook(view.order, tuple(booked), tuple(view.moves))

    def _of_seller(self, seller_id: str, month: Month, currency: str) -> Statement:
        last = self._store.closing(seller_id, currency, month.name)
        begins = Month(last.month).ends if last else BEGINNING
        opening, waiting = self._ended(last) if last else (0, 0)
        before = self._booked(seller_id, currency, begins, month.begins)
        opening += sum(entry.amount_minor for entry in seller_entries(seller_id, before))
        booked = self._booked(seller_id, currency, max(begins, month.begins), month.ends)
        self._check(seller_id, booked, month)
        now = self._clock.now()
        at_stripe = self._month_at_stripe(seller_id, month, currency, last, booked)
        statement = Statement(
            month.name,
            SELLER,
            currency,
            opening,
            tuple(seller_entries(seller_id, booked)),
            *commission_in(booked),
            month.is_closed(now),
            at_stripe,
            waiting + sum(map(waits_for_seller, [*before, *booked])),
        )
        if statement.is_closed:
            ends = (statement.closing_minor, now, at_stripe.closing_minor, statement.waiting_minor)
            self._close(Closing(seller_id, currency, month.name, *ends))
        return statement

    def _ended(self, last: Closing) -> tuple[int, int]:
        """Return what was owed to a seller when a month ended, and what of it waited."""
        if last.waiting_minor is not None:
            return last.balance_minor, last.waiting_minor
        earlier = self._booked(last.seller_id, last.currency, BEGINNING, Month(last.month).ends)
        waiting = sum(map(waits_for_seller, earlier))
        return last.balance_minor + waiting, waiting

    def _month_at_stripe(
        self, seller_id: str, month: Month, currency: str, last: Closing | None, booked: list[LedgerTransaction]
    ) -> AtStripe:
        """Explain how the money went on to the bank, and hold a month that runs against the balance itself.

        Raises: Unavailable when an index lags behind.
        """
        known = last is not None and last.at_stripe_minor is not None
        begins = Month(last.month).ends if last is not None and known else BEGINNING
        opening = last.at_stripe_minor if last is not None and last.at_stripe_minor is not None else 0
        before = self._booked(seller_id, currency, begins, month.begins)
        earlier = self._at_stripe.moves(seller_id, currency, before, begins, month.begins)
        moves = self._at_stripe.moves(seller_id, currency, booked, max(begins, month.begins), month.ends)
        found = AtStripe(opening + sum(each.amount_minor for each in earlier), moves)
        runs = month.begins <= self._clock.now() < month.ends
        if runs and found.closing_minor != self._at_stripe.stands_at(seller_id, currency):
            raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS)
        return found

    def _booked(self, seller_id: str, currency: str, since: datetime, until: datetime) -> list[LedgerTransaction]:
        if since >= until:
            return []
        found = every(lambda cursor: self._books.of_seller(seller_id, since, until, cursor))
        return [each for each in found if each.currency == currency]

    def _check(self, seller_id: str, booked: Iterable[LedgerTransaction], month: Month) -> None:
        """Hold what an index said of a month against the books themselves, order by order.

        Raises: Unavailable when the index lags behind.
        """
        by_book: defaultdict[str, set[str]] = defaultdict(set)
        for each in booked:
            by_book[each.book].add(each.key)
        for book, keys in by_book.items():
            whole = [each for each in self._books.of_book(book) if month.begins <= each.booked_at < month.ends]
            concerning = {each.key for each in whole if _concerns(seller_id, each)}
            if keys != concerning:
                raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS)

    def _close(self, closing: Closing) -> None:
        with suppress(AlreadyClosed):  # somebody read this month before; it ended as it ended
            self._tx.commit([self._store.close(closing)])


def _concerns(seller_id: str, transaction: LedgerTransaction) -> bool:
    own = {seller_account(seller_id), seller_debt_account(seller_id)}
    return any(posting.account in own for posting in transaction.postings)
