"""Requests that are no exchange orders: written down, sent once, answered in writing."""
