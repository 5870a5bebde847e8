"""A small service built from the kit, for testing the kit."""
