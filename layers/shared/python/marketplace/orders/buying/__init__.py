"""From a cart to a checkout, as clients see it."""
