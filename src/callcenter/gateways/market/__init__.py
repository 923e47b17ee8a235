"""
Quotes from outside: the sources of `MarketFeed`, and what is put around them.

A source is `SimulatedFeed`, `RecordedFeed` or an `HttpFeed` that reads a public text format.
`SharedFeed` asks once for many, `FallbackFeed` asks the next source, `LastKnownFeed` remembers,
`LimitsCheck` compares the limits that a source tells with our own.
"""
