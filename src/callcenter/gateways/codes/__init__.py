"""
What foreign counters say, brought to our words: a table for each kind of counter.

Each table is data of the counter's maker, so it is written out entry by entry and tested so. A
code that no table has is never guessed at: as a state it is UNKNOWN, which is asked about again and
never told as a refusal; as a reason it is COUNTER_REFUSED, and keeps the counter's own number.
"""
