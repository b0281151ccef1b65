"""Events that leave with the business transaction or not at all."""
