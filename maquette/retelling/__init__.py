"""Retelling: a scenario in plain sentences, French or English, that a mediator can check against what it was meant to say.

Pure text: a show and what people call its parts flow in, sentences flow out.
"""
