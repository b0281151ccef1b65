"""Double entry, append-only, integer minor units: the books that must agree with Stripe's."""
