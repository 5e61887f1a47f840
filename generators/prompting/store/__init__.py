"""What was asked, answered and paid: the cache of answers, prices, the budget, batch files."""
