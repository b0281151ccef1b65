"""What must always hold, as predicates that anybody may run."""
