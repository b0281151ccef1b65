"""What sellers offer, and how much of it is left."""
