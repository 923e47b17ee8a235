"""Statements (对账单): asked for in a call, made in the background, delivered later."""
