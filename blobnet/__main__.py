"""`python -m blobnet` is the command line."""

import sys

from blobnet.cli import main

sys.exit(main())
