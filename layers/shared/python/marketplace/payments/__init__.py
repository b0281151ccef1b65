"""Money in, held, and out: payments, intents and the one place that talks to Stripe about them."""
