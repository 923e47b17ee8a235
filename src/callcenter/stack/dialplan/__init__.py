"""The dialplan: whether a new one is sound, and how it takes the place of the old one."""
