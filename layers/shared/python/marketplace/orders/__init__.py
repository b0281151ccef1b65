"""The life of an order: the process as data, and what moves an order along it."""
