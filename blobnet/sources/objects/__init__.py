"""Images with the boxes of objects, as MS-CNN and Cascade R-CNN list and change them."""
