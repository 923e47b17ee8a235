"""The rule book: what the exchanges, the brokers and the banks ask, as dated rows of data."""
