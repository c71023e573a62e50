"""The layers of MS-CNN and Cascade R-CNN: proposals of several maps, boxes refined in stages."""
