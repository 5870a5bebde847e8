"""From figures, map and agreements to a problem: pure functions over plain values."""
