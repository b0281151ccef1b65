"""More broken variants (see broken.py): of what banks ask, and of what issuers warn of."""

from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any, ClassVar

from marketplace.kit.errors import DomainError
from marketplace.payments.answering import BankCases
from marketplace.payments.bank_case import Answer
from marketplace.payments.bank_turn_store import BankTurnItem, DynamoBankTurns
from marketplace.payments.bank_turns import Turn
from marketplace.payments.beside import Beside
from marketplace.payments.clawback import Clawbacks
from marketplace.payments.fraud_warnings import FraudWarnings
from marketplace.payments.model import StripeRefused
from marketplace.payments.overtaken import Overtaken
from marketplace.payments.store import IntentItem
from marketplace.storage.transaction import Update
from marketplace.wiring import Services

_NUMBERS = count()  # a process that starts anew goes on counting: no two attempts share a key


def _remade(kind: type, made: Any) -> Any:
    parts = {name.removeprefix("_"): part for name, part in vars(made).items()}
    return kind(transactions=parts.pop("tx"), **parts)


class EvidenceUnlooked(Services):
    """Sends the evidence under a key of the moment, and asks Stripe nothing before."""

    @cached_property
    def bank_cases(self) -> Any:
        class Hasty(BankCases):
            def _send(self, case: Any) -> None:
                key = f"{case.stripe_key}#{next(_NUMBERS)}"
                try:
                    self._stripe.submit_evidence(case.dispute_id, case.evidence, key)
                except StripeRefused as no:
                    return self._over(replace(case, answer=Answer.REFUSED, why_refused=no.reason), case)
                return self._sent(case)

        return _remade(Hasty, super().bank_cases)


class EvidenceForgotten(Services):
    """Notes the evidence as sent before it is."""

    @cached_property
    def bank_cases(self) -> Any:
        class Hopeful(BankCases):
            def _send(self, case: Any) -> None:
                after = replace(case, answer=Answer.SENT, answered_at=self._clock.now(), revision=case.revision + 1)
                self._tx.commit([self._cases.change(case, after)])
                self._stripe.submit_evidence(case.dispute_id, case.evidence, case.stripe_key)

        return _remade(Hopeful, super().bank_cases)


class ReversalForgotten(Services):
    """Closes a reversal that Stripe refused, and books no debt for it."""

    @cached_property
    def clawbacks(self) -> Any:
        class Forgetful(Clawbacks):
            def _take_back(self, order: Any, reversal: Any) -> Any:
                return self._intents.perform(
                    reversal, charge_id="", destination=None, record=lambda _made: [], refused=lambda _no: []
                )

        return Forgetful(**{name.removeprefix("_"): part for name, part in vars(super().clawbacks).items()})


class GivenBackEachTime(Services):
    """Sends a seller back what a bank gave back as a fact of that moment, before it is booked."""

    @cached_property
    def clawbacks(self) -> Any:
        tx, payments = self.transactions, self.payment_store

        class Generous(Clawbacks):
            def given_back(self, order: Any, amount_minor: int, dispute_id: str) -> Any:
                step = super().given_back(order, amount_minor, dispute_id)
                opened = [each for each in step.writes if isinstance(each.item, IntentItem)]  # type: ignore[attr-defined]
                if opened:
                    tx.commit(opened)
                return replace(step, writes=[each for each in step.writes if each not in opened])

            def advance(self, order_id: str, dispute_id: str) -> None:
                super().advance(order_id, dispute_id)
                for intent in payments.intents(EachTime.opened).values():
                    self.finish(intent)

        class EachTime(Beside):
            opened: ClassVar[list[str]] = []

            def to_seller(self, order: Any, intent_id: str, amount_minor: int, facts: Any) -> Any:
                self.opened.append(f"{intent_id}#{next(_NUMBERS)}")
                return super().to_seller(order, self.opened[-1], amount_minor, facts)

        beside = _remade(EachTime, super().beside)
        parts = {name.removeprefix("_"): part for name, part in vars(super().clawbacks).items()}
        return Generous(**{**parts, "beside": beside})


class WarningNotedFirst(Services):
    """Notes a warning as dealt with, and deals with it afterwards."""

    @cached_property
    def fraud_warnings(self) -> Any:
        class Tidy(FraudWarnings):
            def _deal(self, order: Any, payment: Any, warning: Any) -> None:
                if self._warnings.noted(payment.payment_id, warning.warning_id, order.order_id):
                    return
                facts = (payment.payment_id, warning.warning_id, order.order_id, "refund", warning.fraud_type)
                self._tx.commit([self._warnings.note(*facts, self._clock.now())])
                try:
                    self._tx.commit(self._refund(order, warning))
                except DomainError:
                    return

        return _remade(Tidy, super().fraud_warnings)


class AwardsPaidBesideTheBank(Services):
    """Books a loss as if the buyer had got what the award gives them: the bank's part of it is the seller's loss."""

    @cached_property
    def overtaken(self) -> Any:
        class Forgetful(Overtaken):
            def still_owed(self, order_id: str, book: Any) -> Any:
                return 0, []

        made = super().overtaken
        parts = {name.removeprefix("_"): part for name, part in vars(made).items()}
        return Forgetful(transactions=parts.pop("tx"), **parts)


class PromisedAgain(Services):
    """Forgets in the order what a bank kept of it: a later refund may promise that once more."""

    @cached_property
    def clawbacks(self) -> Any:
        class Forgetful(Clawbacks):
            def _kept(self, order: Any, share_minor: int) -> list[Any]:
                return []

        return Forgetful(**{name.removeprefix("_"): part for name, part in vars(super().clawbacks).items()})


class NoTurns(Services):
    """Decides what banks took without asking whether somebody else decided since."""

    @cached_property
    def bank_turns(self) -> Any:
        class Anybodys(DynamoBankTurns):
            def take(self, turn: Turn) -> Update:
                free = BankTurnItem.pk.exists() | BankTurnItem.pk.does_not_exist()
                return replace(super().take(turn), condition=free)

        return Anybodys()
