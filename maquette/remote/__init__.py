"""Remote: verbs of the command line that speak to a running model, over its Unix socket. Words go out, answers come in."""
