"""Proof of solvency: what is owed to whom against what Stripe holds, signed, and checkable by each whose it is."""
