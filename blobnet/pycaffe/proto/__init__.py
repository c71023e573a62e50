"""`caffe.proto`: the messages of Caffe's files under the path that scripts import them from."""
