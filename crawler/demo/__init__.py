"""Two invented counties whose portals run on loopback, for `nianbao demo` and the tests.

Every place, person, number and sentence is made up; the division codes lie in the unassigned 99xxxx range.
The bytes are the same in every run, but for the visit counters. What a crawl must find is told by `truth`.
"""
