"""Functions on images of bytes, (channels, height, width), blue first, with OpenCV's results."""
