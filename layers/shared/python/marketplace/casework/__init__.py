"""What waits for somebody of the staff, over all areas, and what happened to an order, over all areas."""
