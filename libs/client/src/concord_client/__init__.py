"""The Concord client and command line."""
