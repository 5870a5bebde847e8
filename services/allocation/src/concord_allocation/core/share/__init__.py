"""Dividing what parties gain, or what they pay, by acting together."""
