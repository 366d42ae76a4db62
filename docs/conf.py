"""The course as a site, for `dogan run` and `dogan site`: nothing is executed or fetched here."""

import tomllib
from pathlib import Path

ROOT = next(p for p in Path(__file__).resolve().parents if (p / "pyproject.toml").exists())
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "찐개만 · dogan"
author = "The dogan authors"
copyright = "The dogan authors, MIT licence"
html_title = project
language = "en"

extensions = ["myst_nb", "sphinx.ext.mathjax", "sphinx-mathjax-offline"]
exclude_patterns = ["README.md"]
html_static_path = ["static"]
# What a page names by itself: Sphinx copies only pictures that Markdown names.
html_extra_path = ["extra"]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_copy_source = html_show_sourcelink = False
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_merge_streams = True
# Without these two the pages would load scripts from the net; course.py takes the widgets out.
nb_ipywidgets_js = {}
html_use_opensearch = ""
# Notebooks are written for reading from top to bottom, not for Sphinx's ideas of a document.
suppress_warnings = ["myst.header", "misc.highlighting_failure", "mystnb.unknown_mime_type"]

html_theme = "sphinx_book_theme"
HAS_ADDRESS = "/OWNER/" not in PYPROJECT["urls"]["Repository"]
html_theme_options = {
    "path_to_docs": "",
    "home_page_in_toc": True,
    "show_toc_level": 2,
    "use_download_button": False,
    "use_repository_button": HAS_ADDRESS,
}
if HAS_ADDRESS:
    html_theme_options |= {
        "repository_url": PYPROJECT["urls"]["Repository"],
        "repository_branch": "main",
        "launch_buttons": {"colab_url": "https://colab.research.google.com"},
    }
