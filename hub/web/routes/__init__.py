"""One file for each group of routes; `hub.web.app` lists them."""
