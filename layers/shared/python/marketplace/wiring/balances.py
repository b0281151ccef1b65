"""What sellers have earned, the switch that stops paying them, and who follows what Stripe tells of either."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.trading import Trading

if TYPE_CHECKING:
    from marketplace.payments.debt_store import DynamoDebts
    from marketplace.payouts.banking import Banking
    from marketplace.payouts.desk import PayoutDesk
    from marketplace.payouts.earnings import SellerEarnings
    from marketplace.payouts.leave import Leave
    from marketplace.payouts.letting_go import LettingGo
    from marketplace.payouts.order_stops import OrderStops
    from marketplace.payouts.payees import AccountPayees
    from marketplace.payouts.ports import StripePayouts
    from marketplace.payouts.schedule import Calendar
    from marketplace.payouts.switch import Alarm, KillSwitch, Switches
    from marketplace.payouts.waiting import HeldBack


class Balances(Trading):
    """What sellers have earned, and the switch that stops paying them."""

    @cached_property
    def switch_store(self) -> "Switches":
        from marketplace.payouts.switch_store import DynamoSwitches

        return DynamoSwitches()

    @cached_property
    def alarm(self) -> "Alarm":
        from marketplace.messaging.alarms import LoggedAlarm

        return LoggedAlarm(self.clock)

    @cached_property
    def switch(self) -> "KillSwitch":
        from marketplace.payouts.switch import KillSwitch

        return KillSwitch(
            clock=self.clock,
            transactions=self.transactions,
            switches=self.switch_store,
            outbox=self.outbox,
            alarm=self.alarm,
            decisions=self.decisions,
            orders=self.order_stops,
        )

    @cached_property
    def order_stops(self) -> "OrderStops":
        from marketplace.payouts.order_stops import OrderStops

        return OrderStops(
            orders=self.order_store,
            ledger=self.ledger,
            purses=self.payout_table,
            holds=self.payout_table,
            switches=self.switch_store,
        )

    @cached_property
    def leave(self) -> "Leave":
        from marketplace.payouts.leave import Leave

        return Leave(
            clock=self.clock,
            transactions=self.transactions,
            stops=self.switch,
            purses=self.payout_table,
            holds=self.payout_table,
            payees=self.payees,
            outbox=self.outbox,
        )

    @cached_property
    def payout_calendar(self) -> "Calendar":
        from marketplace.payouts.schedule import Calendar

        return Calendar(every=self.timers.own("payout_date"), reserve=self.timers.own("reserve"))

    @cached_property
    def earnings(self) -> "SellerEarnings":
        from marketplace.payouts.earnings import SellerEarnings

        return SellerEarnings(
            purses=self.payout_table,
            holds=self.payout_table,
            order_stops=self.order_stops,
            calendar=self.payout_calendar,
            decisions=self.decisions,
        )

    @cached_property
    def stripe_payouts(self) -> "StripePayouts":
        from marketplace.payouts.payouts_gateway import StripePayoutsGateway

        return StripePayoutsGateway(lambda: self.stripe_client)

    @cached_property
    def payees(self) -> "AccountPayees":
        from marketplace.accounts.payees_store import DynamoPayees
        from marketplace.payouts.payees import AccountPayees

        return AccountPayees(accounts=self.account_store, conditions=DynamoPayees())

    @cached_property
    def debts(self) -> "DynamoDebts":
        from marketplace.payments.debt_store import DynamoDebts

        return DynamoDebts(self.clock)

    @cached_property
    def held_back(self) -> "HeldBack":
        from marketplace.payouts.waiting import HeldBack

        return HeldBack(
            clock=self.clock,
            purses=self.payout_table,
            holds=self.payout_table,
            payees=self.payees,
            debts=self.debts,
            switch=self.switch,
        )

    @cached_property
    def letting_go(self) -> "LettingGo":
        from marketplace.payouts.letting_go import LettingGo

        return LettingGo(
            clock=self.clock,
            transactions=self.transactions,
            payouts=self.payout_table,
            gate=self.leave,
            held_back=self.held_back,
        )

    @cached_property
    def payout_desk(self) -> "PayoutDesk":
        from marketplace.payouts.desk import PayoutDesk

        return PayoutDesk(
            clock=self.clock,
            transactions=self.transactions,
            purses=self.payout_table,
            payouts=self.payout_table,
            holds=self.payout_table,
            payees=self.payees,
            letting_go=self.letting_go,
            stripe=self.stripe_payouts,
            outbox=self.outbox,
            switch=self.switch,
            calendar=self.payout_calendar,
        )

    @cached_property
    def banking(self) -> "Banking":
        from marketplace.payouts.banking import Banking

        return Banking(
            clock=self.clock,
            transactions=self.transactions,
            purses=self.payout_table,
            holds=self.payout_table,
            payees=self.payees,
            stripe=self.stripe_payouts,
            cooling=self.cooling,
            outbox=self.outbox,
            log=self.security_log,
            sellers=self.account_store,
        )
