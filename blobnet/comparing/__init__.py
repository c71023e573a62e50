"""Two ways to compute the same: what they get for the same inputs, blob by blob."""
