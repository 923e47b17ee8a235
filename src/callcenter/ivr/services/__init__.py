"""Dialogues about the security of an account (账户服务)."""
