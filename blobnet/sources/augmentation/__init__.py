"""Random and fixed changes of images, and of the boxes in them, that forks' settings ask for."""
