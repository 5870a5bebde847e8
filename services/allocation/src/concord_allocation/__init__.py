"""Concord allocation: how a pathway is funded between payers, under constraints, and why."""
