"""ONNX: nets written as ONNX models, checked by running both; models read as nets.

    from blobnet.exchange.onnx.export import export_onnx

    exported = export_onnx(net, "lenet.onnx")
    for output in exported.outputs:
        print(output.name, output.largest_difference)

What a layer type becomes stands in `writers/`, one function for each type.
"""
