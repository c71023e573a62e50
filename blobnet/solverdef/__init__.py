"""What a solver's definition says: its settings, and the nets to train and to test."""
