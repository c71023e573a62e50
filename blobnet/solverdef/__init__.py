"""What a solver's definition says: its settings, and which nets it trains and tests."""
