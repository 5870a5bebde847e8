"""When the loop decides: a decision of January 2014 for 2014-15, the same days for every area and pathway."""

from datetime import date

YEARS = ["2014-15", "2015-16"]

DECIDED = date(2014, 1, 15)
"""The day the map is read and the question is asked."""
APPROVED = date(2014, 2, 19)
"""After 28 clear days' notice of a key decision from the day it was decided to ask (SI 2012/2089 regs 8, 9)."""
SENT = date(2014, 2, 26)
SIGNED = date(2014, 3, 12)
STARTS = date(2014, 4, 1)
IN_FORCE = date(2014, 4, 2)
"""The day the map is read again."""
ENDS = date(2016, 4, 1)
REVIEW = date(2015, 1, 15)
