"""One file per command; `app.COMMANDS` lists them."""
