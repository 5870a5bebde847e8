"""The feed of changes: read by filter, streamed, and sent to addresses that asked for it.

filters.py   which changes somebody wants
reading.py   pages of changes with what each touched
watching.py  one look at the head for all streams of a process
stream.py    pages as server-sent events
"""
