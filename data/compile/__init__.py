"""Compiles the reference data: published files and entered facts in, our own small tables out.

The line of steps: `reference` and `facts` read; `bodies`, `places`, `stages`, `money`, `curves` and `agreements` make
tables from plain values; `tables` writes them. Running Concord needs none of it: the compiled tables are committed.
"""
