"""One-stop offices: their counters, which procedures they serve, when they are open, and working-time arithmetic.

An *office* is a place where people are received (a district's or ward's one-stop section in 2020, a ward's public
administration service centre today). A *counter* serves some *procedures*. The *catalogue* is everything of this that
pages read, as one immutable snapshot kept in memory until staff change something.
"""
