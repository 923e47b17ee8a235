"""What callers hear, by a recogniser: `make hear` (docs/spoken.md)."""
