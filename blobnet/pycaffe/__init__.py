"""pycaffe: what `import caffe` gives, thin over blobnet's own. Caffe: python/caffe."""
