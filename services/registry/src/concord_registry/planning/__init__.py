"""Planning advice: for how many people a service is best planned, and who would reach that together.

Advice, never the statutory answer: from 1 April 2013 the Act and its regulations alone say who must commission.
"""
