"""What a net says of images: classes, boxes, masks, points; found, named and drawn."""

from __future__ import annotations

from blobnet.predicting.labels import Labels, read_labels
from blobnet.predicting.prediction import Box, Person, Prediction, ScoredClass
from blobnet.predicting.predictor import Predictor

__all__ = ["Box", "Labels", "Person", "Prediction", "Predictor", "ScoredClass", "read_labels"]
