"""Bank transfers (银证转账)."""
