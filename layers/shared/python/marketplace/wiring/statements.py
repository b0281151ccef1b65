"""What is owed to whom, and why: statements, receipts, the proof of solvency."""

from marketplace.wiring.payouts import Payouts


class Statements(Payouts):
    """What is owed to whom, and why: statements, receipts, the proof of solvency."""
