"""Handwritten digits to learn from: MNIST where it can be had, a small set on board where not.

And the databases that Caffe's tools make.

mnist.find_digits   the digits, and where they came from; never comes back empty-handed
mnist.load_mnist    MNIST from a folder, the cache or the internet, or None
digits.load_digits  the 1,797 digits that travel with blobnet
csv_images          images as lines of text: `label,pixel,pixel,...`
staging             where a result lies until it is whole
to_lmdb             the databases that Caffe's Data layer reads
idx.read_idx        the file format of MNIST
database_writer     LMDB and LevelDB, record by record
image_set           convert_imageset: the images of a list
image_mean          compute_image_mean
mnist_databases     convert_mnist_data, convert_mnist_siamese_data
cifar               convert_cifar_data
"""
