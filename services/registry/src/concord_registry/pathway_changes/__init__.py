"""New versions of pathways: the lines they write, what they do to the map, looked at and carried out."""
