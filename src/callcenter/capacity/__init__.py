"""How many lines, seats and servers a hotline needs for its busy hour."""
