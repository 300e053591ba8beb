"""The schema, from nothing to the newest version. Run by ``data.database``; no file outside the package is needed."""
