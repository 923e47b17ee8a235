"""A FIX counter to test against: QuickFIX, which is not the engine that the product uses."""
