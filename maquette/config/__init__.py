"""YAML documents: read with their marks, checked in phases, made into what the show plays."""
