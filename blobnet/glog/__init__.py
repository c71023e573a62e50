"""glog's manners, for commands and for pycaffe: flags, the form of a line, where it goes."""
