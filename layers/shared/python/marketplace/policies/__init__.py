"""The marketplace's rules as pages, drawn from the tables that the code obeys."""
