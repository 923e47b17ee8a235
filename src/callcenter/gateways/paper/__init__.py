"""A practice broker that keeps its own books, and shares nothing with us but the server."""
