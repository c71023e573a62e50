"""Python layers of RRPN (mjq11302010044/RRPN), whose regions are turned."""
