"""How the documentation of the client is built: `make docs`. Warnings are errors, unresolved references too."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

project = "talon_client"
author = "the Talon Desk team"
copyright = author
html_title = "talon_client"
extensions = ["myst_parser", "sphinx.ext.autodoc", "reference"]
exclude_patterns = ["_build", "_ext"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

html_theme = "furo"
html_show_sphinx = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f5fae", "color-brand-content": "#1f5fae"},
    "dark_css_variables": {"color-brand-primary": "#8ab8f2", "color-brand-content": "#8ab8f2"},
}
pygments_style = "tango"
pygments_dark_style = "monokai"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
add_module_names = False
nitpicky = True
# Types of other packages have their documentation elsewhere, and nothing here is fetched from the network.
nitpick_ignore_regex = [(r"py:.*", r"(?!talon_client).*")]
