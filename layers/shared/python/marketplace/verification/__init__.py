"""Who somebody is, as far as it has been verified, and what that allows."""
