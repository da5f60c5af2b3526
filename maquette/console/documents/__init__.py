"""Documents: watched and taken over when they change; read, checked and written for the maintainer's pages."""
