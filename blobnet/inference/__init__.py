"""What a net need not do when nobody asks for gradients: fused layers, shared memory."""
