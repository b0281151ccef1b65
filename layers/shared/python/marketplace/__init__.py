"""The marketplace: strangers trade, and neither has to trust the other, nor the operator."""
