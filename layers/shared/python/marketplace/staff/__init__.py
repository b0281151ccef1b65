"""Those who run the marketplace: what each may do, what two must agree on, and the record of all of it."""
