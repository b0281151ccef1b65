"""Reviews, risk, and telling people."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.statements import Statements

if TYPE_CHECKING:
    from marketplace.notifications.delivery import Delivery
    from marketplace.notifications.inbox import Inbox
    from marketplace.outbox.service import Relay
    from marketplace.reviews.service import Reviews
    from marketplace.trust.screening import Screening
    from marketplace.trust.service import Trust


class Community(Statements):
    """Reviews, risk, and telling people."""

    @cached_property
    def reviews(self) -> "Reviews":
        from marketplace.reviews.service import Reviews

        return Reviews(
            clock=self.clock,
            transactions=self.transactions,
            outbox=self.outbox,
            reviews=self.review_store,
            orders=self.order_store,
            review_window_seconds=self.timers.seconds("review_window"),
        )

    @cached_property
    def screening(self) -> "Screening":
        from marketplace.trust.screening import Screening

        return Screening(
            clock=self.clock,
            transactions=self.transactions,
            outbox=self.outbox,
            records=self.trust_store,
            orders=self.order_store,
            account_facts=self.directory,
        )

    @cached_property
    def trust(self) -> "Trust":
        from marketplace.trust.service import Trust

        return Trust(
            clock=self.clock,
            transactions=self.transactions,
            outbox=self.outbox,
            records=self.trust_store,
            orders=self.order_store,
            release_holds=self.holds,
        )

    @cached_property
    def relay(self) -> "Relay":
        from marketplace.outbox.service import Relay

        return Relay(self.queues)

    @cached_property
    def notifications(self) -> "Inbox":
        from marketplace.notifications.inbox import Inbox

        return Inbox(clock=self.clock, transactions=self.transactions, inboxes=self.inbox_store)

    @cached_property
    def delivery(self) -> "Delivery":
        from marketplace.notifications.delivery import Delivery

        return Delivery(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            inboxes=self.inbox_store,
            contacts=self.directory,
            mailer=self.mailer,
            verification_minter=self.signup.mint_verification,
            public_url=self.settings.public_url,
        )
