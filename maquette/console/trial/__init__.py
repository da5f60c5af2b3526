"""Documents are tried in a process of their own: checked, retold, played dry. It begins when somebody edits and ends soon after."""
