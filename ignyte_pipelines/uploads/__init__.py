"""Files that people upload: read row by row, checked before anything is taken."""
