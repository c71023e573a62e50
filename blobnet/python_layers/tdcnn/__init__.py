"""Settings and windows of R-C3D (VisionLearningGroup/R-C3D), which looks for actions in films."""
