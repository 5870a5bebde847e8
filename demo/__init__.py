"""The decision loop of Concord, walked from map to signed agreement by the public client only."""
