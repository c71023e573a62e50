"""Layers of Faster R-CNN (rbgirshick/py-faster-rcnn)."""
