"""A training to watch and to touch: stepped, gone back in, changed, on a page or in a file."""
