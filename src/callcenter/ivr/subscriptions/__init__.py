"""Dialogues about what a customer wants to be told, and how (业务定制)."""
