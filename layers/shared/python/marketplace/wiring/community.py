"""Reviews, risk, and telling people."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.returning import Returning

if TYPE_CHECKING:
    from marketplace.notifications.delivery import Delivery
    from marketplace.notifications.inbox import Inbox
    from marketplace.outbox.service import Relay
    from marketplace.reviews.service import Reviews
    from marketplace.trust.screening import Screening
    from marketplace.trust.service import Trust


class Community(Returning):
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
            links=self.teams,
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
            decisions=self.decisions,
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
            acts=self.acts,
            is_member=lambda seller_id, account_id: self.teams.is_member(seller_id, account_id),
            decisions=self.decisions,
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
        from marketplace.notifications.ports import NOT_ME

        return Delivery(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            inboxes=self.inbox_store,
            contacts=self.contacts,
            mailer=self.mailer,
            verification_minter=self.signup.mint_verification,
            public_url=self.settings.public_url,
            minters={
                NOT_ME: lambda account_id, email: self.not_me.mint(account_id, email),
                "reset": lambda account_id, email: self.password_reset.mint(account_id, email),
                "sign_in_code": lambda account_id, email: self.mail_codes.mint(account_id, email),
                "recovery_begin": lambda account_id, email: self.recoveries.mint_begin(account_id, email),
                "recovery_cancel": lambda account_id, email: self.recoveries.mint_cancel(account_id, email),
                "recovery_finish": lambda account_id, email: self.recoveries.mint_finish(account_id, email),
                "email_change": lambda account_id, email: self.email_changes.mint(account_id, email),
                "withdrawal_statement": lambda found_id, _email: self.statements_of_withdrawal.repeated(found_id),
                "invitation": lambda invite_id, _email: self.teams.mint(invite_id),
            },
            elsewhere=lambda account_id, to: self.elsewhere.address(account_id, to),
        )
