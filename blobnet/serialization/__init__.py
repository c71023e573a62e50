"""Files to messages and back: definitions, weights, solver states."""
