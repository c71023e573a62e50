"""Settings of Fast and Faster R-CNN (rbgirshick/py-faster-rcnn)."""
