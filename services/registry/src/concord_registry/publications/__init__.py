"""Publishers' files as they come: what they are, what they say, and how that stands beside what we hold.

grid.py          bytes as rows of cells, whatever the encoding, line ends, delimiter or workbook
said.py          what a line says, as plain values; cells.py reads days and numbers
formats/         one small module for each format: how it is recognised, how it is read
remarks.py       titles, notes and sources beside a table
recognising.py   which of them a file is, or which comes nearest and what differs
placing.py       what was said as rows of bodies, names, codes, relations, places, populations
merging.py       rows of several editions of one publisher as one history, in whatever order they came
reconciling.py   where a list and the map say different things
taking.py        the transaction: looked at, or recorded as an edition
withdrawing.py   a file taken back: the history told again without it
reopening.py     what a reorganisation closed and a later list has open
"""
