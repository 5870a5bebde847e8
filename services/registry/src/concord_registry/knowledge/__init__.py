"""Knowledge beside the map: people in roles, limits of authority, advice, networks, plans, contracts, risks.

topics.py       what kinds of record there are, and what each refers to
entering.py     entering, correcting and ending one, under the rules that all share
people.py       personal data, which can be erased
showing.py      records as the contract's models, as far as the caller may see them
findings.py ... what follows from them for a pathway in a place
"""
