"""Money that waits for a person, as it is shown."""
