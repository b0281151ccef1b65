"""What proves that it is really you: authenticator apps, passkeys, recovery codes, and the way back without them."""
