"""Senses: what tells the stage of the room around the model: knobs, movement, light, keys and cards."""
