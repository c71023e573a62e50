"""What is wrong with a training: found before it runs, or in the iteration that it shows in."""
