"""Dialogues between the customer's bank and the account (银证转账)."""
