"""The weights of a net: shared by layers or with another net, loaded by layer name, saved."""
