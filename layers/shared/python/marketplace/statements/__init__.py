"""What was paid, earned and kept, and why: receipts, earnings, monthly statements. Every cent comes from the books."""
