"""Identify: parts of the model make themselves known, and a walk along a strip writes into the documents where its zones lie."""
