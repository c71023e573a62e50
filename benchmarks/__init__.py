"""Public Caffe nets, and what measures blobnet on them. Not part of the installed package."""
