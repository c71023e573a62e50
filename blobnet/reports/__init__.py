"""What a training tells of itself: lines in the log, a smoothed loss, the scores of its tests."""
