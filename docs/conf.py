project = "gradcert"
author = "the gradcert team"
release = "0.1.0"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
extensions.append("sphinx.ext.mathjax")
html_theme = "furo"
html_title = "gradcert"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_custom_sections = ["Guarantee", "May fail when"]
exclude_patterns = ["_build"]
suppress_warnings = ["docutils", "ref.citation"]
