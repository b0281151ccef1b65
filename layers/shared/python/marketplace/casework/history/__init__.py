"""What happened to an order, from every area's own record, as each reader may know it."""
