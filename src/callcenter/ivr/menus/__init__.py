"""The menu: its data, what must be true of it, and which one a call has."""
