"""Changes sent to whoever subscribed, signed, in order, at least once.

addresses.py    where messages may go: public addresses, looked up anew and pinned for each attempt
sender.py       the worker: leases what is due, sends with no transaction open, notes what became of it
"""
