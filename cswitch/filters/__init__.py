"""What is left out of a corpus, each with a reason and a count."""
