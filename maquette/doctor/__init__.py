"""The doctor: what this machine has, what it means for the model, and the command that mends it. It looks, and changes nothing."""
