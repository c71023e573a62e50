"""Models taken elsewhere, and brought from there."""
