"""Documents for customers: what is on paper, or sent as a file."""
