"""Search by what people type: names with mistakes, codes of any scheme, postcodes.

words.py    names as bags of words: what is typed and what is recorded are read alike
index.py    every dated name and code at one state of the reference data, ready to be asked
finding.py  filters, ranking, and hits as the caller sees them
"""
