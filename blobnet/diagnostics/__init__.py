"""What the numbers in a net tell of its state: their sizes, and where they stop being numbers."""
