"""How the project's pages become a site: `scripts/docs`. Sphinx reads all that is in the clone."""

from __future__ import annotations

import sys
from pathlib import Path

from blobnet.version import __version__

sys.path.insert(0, str(Path(__file__).parent))

project = "blobnet"
release = version = __version__
root_doc = "docs/index"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_click", "docstrings", "mathml"]
include_patterns = ["*.md", "docs/**", "models/*/README.md", "benchmarks/README.md"]
include_patterns += ["blobnet/datasets/digits_LICENSE.md"]
exclude_patterns = ["**.ipynb", "docs/**/*.txt"]
html_theme = "furo"
html_title = f"blobnet {version}"
html_math_renderer = "mathml"
smartquotes = False  # it would make dashes of options
highlight_language = "none"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
myst_links_external_new_tab = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
