"""Finance's side of payouts on the wire."""
