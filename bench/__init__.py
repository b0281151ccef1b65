"""What Aval costs: round trips, capacity, CPU, cold starts and money per operation."""
