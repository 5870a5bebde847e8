"""Reorganisations: what is wrong with one, which rows of reference data it changes, and what follows from it."""
