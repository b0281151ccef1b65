"""Everything beside the tables that leaves the process: queues, mail, files, workflow."""
